//go:build !purego

#include "textflag.h"

// func sumRowsVector(rows *uint32, n int, starts *uint32, entries *uint16, of, cells *pair)
//
// Adds the pair of each row to the cells that it lists, both words at once. Lists
// have multiples of four entries.
TEXT ·sumRowsVector(SB), NOSPLIT, $0-48
	MOVQ rows+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ starts+16(FP), R8
	MOVQ entries+24(FP), R9
	MOVQ of+32(FP), R10
	MOVQ cells+40(FP), DI
	LEAQ (SI)(CX*4), CX     // the end of rows

row:
	CMPQ  SI, CX
	JAE   done
	MOVL  (SI), AX
	ADDQ  $4, SI
	MOVL  (R8)(AX*4), BX
	MOVL  4(R8)(AX*4), DX
	SHLQ  $4, AX
	MOVOU (R10)(AX*1), X0   // the pair of the row
	LEAQ  (R9)(BX*2), BX    // its list
	LEAQ  (R9)(DX*2), DX    // the end of it

entry:
	CMPQ    BX, DX
	JAE     row
	MOVWLZX (BX), AX
	MOVWLZX 2(BX), R11
	SHLQ    $4, AX
	SHLQ    $4, R11
	MOVOU   (DI)(AX*1), X1
	PADDQ   X0, X1
	MOVOU   X1, (DI)(AX*1)
	MOVOU   (DI)(R11*1), X2
	PADDQ   X0, X2
	MOVOU   X2, (DI)(R11*1)
	MOVWLZX 4(BX), AX
	MOVWLZX 6(BX), R11
	SHLQ    $4, AX
	SHLQ    $4, R11
	MOVOU   (DI)(AX*1), X1
	PADDQ   X0, X1
	MOVOU   X1, (DI)(AX*1)
	MOVOU   (DI)(R11*1), X2
	PADDQ   X0, X2
	MOVOU   X2, (DI)(R11*1)
	ADDQ    $8, BX
	JMP     entry

done:
	RET
