//go:build !purego

#include "textflag.h"

// func sweepVector(spots *float64, turns *turn, inner, n int, ratios, sums *float64)
//
// Every step is rounded by itself, in the order of sweepPortable.
//
//	DI R8 R9  spots, ratios and sums
//	SI BX CX  turn and spot at hand, turns left
//	R10 R11   places of the hot and the cold spot
//	AX DX     places of the ratio and the sum
TEXT ·sweepVector(SB), NOSPLIT, $0-48
	MOVQ spots+0(FP), DI
	MOVQ turns+8(FP), SI
	MOVQ inner+16(FP), CX
	MOVQ ratios+32(FP), R8
	MOVQ sums+40(FP), R9
	MOVQ DI, BX

	TESTQ CX, CX
	JEQ   last

down:
	MOVL 8(SI), R10
	MOVL 12(SI), R11
	MOVL 16(SI), AX

	VBROADCASTSD (SI), Y0
	VMOVUPD      (BX), Y1
	VMULPD       (R8)(AX*8), Y0, Y0
	VMULPD       Y0, Y1, Y0
	VSUBPD       Y0, Y1, Y1
	VMOVUPD      Y0, (DI)(R11*8)
	VMOVUPD      Y1, (DI)(R10*8)

	ADDQ $24, SI
	ADDQ $64, BX
	DECQ CX
	JNE  down

last:
	MOVQ turns+8(FP), SI
	MOVQ n+24(FP), CX
	LEAQ (CX)(CX*2), AX
	LEAQ (SI)(AX*8), SI
	MOVQ CX, BX
	SHLQ $6, BX
	ADDQ DI, BX

up:
	SUBQ $24, SI
	SUBQ $64, BX
	MOVL 8(SI), R10
	MOVL 12(SI), R11
	MOVL 16(SI), AX
	MOVL 20(SI), DX

	VBROADCASTSD (SI), Y0
	VMOVUPD      32(DI)(R10*8), Y1
	VSUBPD       32(DI)(R11*8), Y1, Y2
	VMULPD       (R8)(AX*8), Y0, Y3
	VMULPD       Y2, Y3, Y3
	VSUBPD       Y3, Y1, Y1
	VMOVUPD      Y1, 32(BX)
	VMULPD       32(R8)(AX*8), Y0, Y4
	VMULPD       (BX), Y4, Y4
	VMULPD       Y2, Y4, Y4
	VADDPD       (R9)(DX*8), Y4, Y4
	VMOVUPD      Y4, (R9)(DX*8)

	DECQ CX
	JNE  up

	VZEROUPPER
	RET
