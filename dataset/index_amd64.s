//go:build !purego

#include "textflag.h"

// func indexBlocks(p *byte, blocks int, base, comma uint32, out *uint32) (n, newlines int, odd uint64)
//
// Y0 and Y1 hold the delimiter and the newline in every byte, Y2 the carriage
// return. Y14 gathers the least of all bytes, to find NUL, and Y15 their union
// with the carriage returns' mask, whose top bits tell ASCII from the rest.
TEXT ·indexBlocks(SB), NOSPLIT, $0-56
	MOVQ p+0(FP), SI
	MOVQ blocks+8(FP), CX
	MOVL base+16(FP), R8
	MOVQ out+24(FP), DI
	MOVQ DI, R9
	XORQ R10, R10

	MOVL         comma+20(FP), AX
	MOVQ         AX, X0
	VPBROADCASTB X0, Y0
	MOVL         $0x0a, AX
	MOVQ         AX, X1
	VPBROADCASTB X1, Y1
	MOVL         $0x0d, AX
	MOVQ         AX, X2
	VPBROADCASTB X2, Y2
	VPCMPEQB     Y14, Y14, Y14
	VPXOR        Y15, Y15, Y15

block:
	VMOVDQU (SI), Y3
	VMOVDQU 32(SI), Y4

	// The features of the text.
	VPCMPEQB Y3, Y2, Y5
	VPCMPEQB Y4, Y2, Y6
	VPMINUB  Y3, Y14, Y14
	VPMINUB  Y4, Y14, Y14
	VPOR     Y3, Y5, Y5
	VPOR     Y4, Y6, Y6
	VPOR     Y5, Y15, Y15
	VPOR     Y6, Y15, Y15

	// R11 becomes the mask of the newlines, R12 that of all ends of cells.
	VPCMPEQB  Y3, Y1, Y7
	VPCMPEQB  Y4, Y1, Y8
	VPMOVMSKB Y7, R11
	VPMOVMSKB Y8, AX
	SHLQ      $32, AX
	ORQ       AX, R11
	VPCMPEQB  Y3, Y0, Y5
	VPCMPEQB  Y4, Y0, Y6
	VPOR      Y5, Y7, Y7
	VPOR      Y6, Y8, Y8
	VPMOVMSKB Y7, R12
	VPMOVMSKB Y8, AX
	SHLQ      $32, AX
	ORQ       AX, R12

	POPCNTQ R11, R11
	ADDQ    R11, R10
	POPCNTQ R12, R13
	LEAQ    (DI)(R13*4), BX

	// Eight positions are written at a time; those too many are overwritten by
	// the next.
expand:
	TZCNTQ R12, AX
	BLSRQ  R12, R12
	ADDL   R8, AX
	MOVL   AX, (DI)
	TZCNTQ R12, DX
	BLSRQ  R12, R12
	ADDL   R8, DX
	MOVL   DX, 4(DI)
	TZCNTQ R12, AX
	BLSRQ  R12, R12
	ADDL   R8, AX
	MOVL   AX, 8(DI)
	TZCNTQ R12, DX
	BLSRQ  R12, R12
	ADDL   R8, DX
	MOVL   DX, 12(DI)
	TZCNTQ R12, AX
	BLSRQ  R12, R12
	ADDL   R8, AX
	MOVL   AX, 16(DI)
	TZCNTQ R12, DX
	BLSRQ  R12, R12
	ADDL   R8, DX
	MOVL   DX, 20(DI)
	TZCNTQ R12, AX
	BLSRQ  R12, R12
	ADDL   R8, AX
	MOVL   AX, 24(DI)
	TZCNTQ R12, DX
	BLSRQ  R12, R12
	ADDL   R8, DX
	MOVL   DX, 28(DI)
	ADDQ   $32, DI
	TESTQ  R12, R12
	JNZ    expand

	MOVQ BX, DI
	ADDQ $64, SI
	ADDL $64, R8
	DECQ CX
	JNZ  block

	SUBQ R9, BX
	SHRQ $2, BX
	MOVQ BX, n+32(FP)
	MOVQ R10, newlines+40(FP)

	VPXOR     Y3, Y3, Y3
	VPCMPEQB  Y14, Y3, Y3
	VPOR      Y3, Y15, Y15
	VPMOVMSKB Y15, AX
	MOVQ      AX, odd+48(FP)
	VZEROUPPER
	RET
