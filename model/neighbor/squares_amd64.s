//go:build !purego

#include "textflag.h"

// func pointsTile(sums, row, points *float64, count, lines int, limit float64)
//
// Eight squares are added as apart does: neighbours, then neighbours of these, and so
// on, every step rounded by itself.
//
//	X0      sum; X7 limit
//	AX SI   line of the row, its first
//	BX R9   line of the point, its first
//	DX R8   lines that are left, all
TEXT ·pointsTile(SB), NOSPLIT, $0-48
	MOVQ   sums+0(FP), DI
	MOVQ   row+8(FP), SI
	MOVQ   points+16(FP), BX
	MOVQ   count+24(FP), CX
	MOVQ   lines+32(FP), R8
	VMOVSD limit+40(FP), X7
	MOVQ   R8, R10
	SHLQ   $6, R10
	MOVQ   BX, R9

point:
	VMOVSD (DI), X0
	MOVQ   SI, AX
	MOVQ   R9, BX
	MOVQ   R8, DX

line:
	VMOVUPD      (AX), Y1
	VMOVUPD      32(AX), Y2
	VSUBPD       (BX), Y1, Y1
	VSUBPD       32(BX), Y2, Y2
	VMULPD       Y1, Y1, Y1
	VMULPD       Y2, Y2, Y2
	VHADDPD      Y2, Y1, Y1
	VEXTRACTF128 $1, Y1, X2
	VADDPD       X2, X1, X1
	VPERMILPD    $1, X1, X2
	VADDSD       X2, X1, X1
	VADDSD       X1, X0, X0
	ADDQ         $64, AX
	ADDQ         $64, BX
	DECQ         DX
	JEQ          done
	TESTQ        $3, DX
	JNE          line
	VUCOMISD     X7, X0
	JLS          line

done:
	VMOVSD X0, (DI)
	ADDQ   $8, DI
	ADDQ   R10, R9
	DECQ   CX
	JNE    point
	VZEROUPPER
	RET

// func boxTile(row, low, high *float64, lines int, sum, limit float64) float64
//
//	X0      sum; X7 limit; Y6 zeros
//	AX      line of the row
//	BX CX   line of the least numbers, of the largest
//	DX      lines that are left
TEXT ·boxTile(SB), NOSPLIT, $0-56
	MOVQ   row+0(FP), AX
	MOVQ   low+8(FP), BX
	MOVQ   high+16(FP), CX
	MOVQ   lines+24(FP), DX
	VMOVSD sum+32(FP), X0
	VMOVSD limit+40(FP), X7
	VXORPD Y6, Y6, Y6

line:
	VMOVUPD      (AX), Y1
	VMOVUPD      32(AX), Y2
	VMOVUPD      (BX), Y3
	VMOVUPD      32(BX), Y4
	VSUBPD       Y1, Y3, Y3
	VSUBPD       Y2, Y4, Y4
	VSUBPD       (CX), Y1, Y1
	VSUBPD       32(CX), Y2, Y2
	VMAXPD       Y6, Y3, Y3
	VMAXPD       Y6, Y4, Y4
	VMAXPD       Y6, Y1, Y1
	VMAXPD       Y6, Y2, Y2
	VADDPD       Y3, Y1, Y1
	VADDPD       Y4, Y2, Y2
	VMULPD       Y1, Y1, Y1
	VMULPD       Y2, Y2, Y2
	VHADDPD      Y2, Y1, Y1
	VEXTRACTF128 $1, Y1, X2
	VADDPD       X2, X1, X1
	VPERMILPD    $1, X1, X2
	VADDSD       X2, X1, X1
	VADDSD       X1, X0, X0
	ADDQ         $64, AX
	ADDQ         $64, BX
	ADDQ         $64, CX
	DECQ         DX
	JEQ          done
	TESTQ        $3, DX
	JNE          line
	VUCOMISD     X7, X0
	JLS          line

done:
	VMOVSD X0, ret+48(FP)
	VZEROUPPER
	RET
