//go:build !purego

#include "textflag.h"

// The tiles: four rows of A against twelve, eight or four columns of B, each
// element of C growing by one fused multiply-add for each of the k steps.
//
//	SI                the first row of A at this step; R8 and R9: one and three rows
//	R10               to the next step of A
//	DI, R11           the row of B at this step, and to the next
//	DX, R12, R13      C, and one and three rows
//	CX                steps left
//	Y0-Y11            C; Y12-Y14 B; Y15 an element of A
#define TILE_ARGUMENTS \
	MOVQ a+0(FP), SI      \
	MOVQ rowA+8(FP), R8   \
	MOVQ stepA+16(FP), R10 \
	MOVQ b+24(FP), DI     \
	MOVQ rowB+32(FP), R11 \
	MOVQ k+40(FP), CX     \
	MOVQ c+48(FP), DX     \
	MOVQ rowC+56(FP), R12 \
	LEAQ (R8)(R8*2), R9   \
	LEAQ (R12)(R12*2), R13

// func tile12(a *float64, rowA, stepA int, b *float64, rowB, k int, c *float64, rowC int)
TEXT ·tile12(SB), NOSPLIT, $0-64
	TILE_ARGUMENTS
	VMOVUPD (DX), Y0
	VMOVUPD 32(DX), Y1
	VMOVUPD 64(DX), Y2
	VMOVUPD (DX)(R12*1), Y3
	VMOVUPD 32(DX)(R12*1), Y4
	VMOVUPD 64(DX)(R12*1), Y5
	VMOVUPD (DX)(R12*2), Y6
	VMOVUPD 32(DX)(R12*2), Y7
	VMOVUPD 64(DX)(R12*2), Y8
	VMOVUPD (DX)(R13*1), Y9
	VMOVUPD 32(DX)(R13*1), Y10
	VMOVUPD 64(DX)(R13*1), Y11

step12:
	VMOVUPD      (DI), Y12
	VMOVUPD      32(DI), Y13
	VMOVUPD      64(DI), Y14
	VBROADCASTSD (SI), Y15
	VFMADD231PD  Y15, Y12, Y0
	VFMADD231PD  Y15, Y13, Y1
	VFMADD231PD  Y15, Y14, Y2
	VBROADCASTSD (SI)(R8*1), Y15
	VFMADD231PD  Y15, Y12, Y3
	VFMADD231PD  Y15, Y13, Y4
	VFMADD231PD  Y15, Y14, Y5
	VBROADCASTSD (SI)(R8*2), Y15
	VFMADD231PD  Y15, Y12, Y6
	VFMADD231PD  Y15, Y13, Y7
	VFMADD231PD  Y15, Y14, Y8
	VBROADCASTSD (SI)(R9*1), Y15
	VFMADD231PD  Y15, Y12, Y9
	VFMADD231PD  Y15, Y13, Y10
	VFMADD231PD  Y15, Y14, Y11
	ADDQ         R10, SI
	ADDQ         R11, DI
	DECQ         CX
	JNE          step12

	VMOVUPD Y0, (DX)
	VMOVUPD Y1, 32(DX)
	VMOVUPD Y2, 64(DX)
	VMOVUPD Y3, (DX)(R12*1)
	VMOVUPD Y4, 32(DX)(R12*1)
	VMOVUPD Y5, 64(DX)(R12*1)
	VMOVUPD Y6, (DX)(R12*2)
	VMOVUPD Y7, 32(DX)(R12*2)
	VMOVUPD Y8, 64(DX)(R12*2)
	VMOVUPD Y9, (DX)(R13*1)
	VMOVUPD Y10, 32(DX)(R13*1)
	VMOVUPD Y11, 64(DX)(R13*1)
	VZEROUPPER
	RET

// func tile8(a *float64, rowA, stepA int, b *float64, rowB, k int, c *float64, rowC int)
TEXT ·tile8(SB), NOSPLIT, $0-64
	TILE_ARGUMENTS
	VMOVUPD (DX), Y0
	VMOVUPD 32(DX), Y1
	VMOVUPD (DX)(R12*1), Y3
	VMOVUPD 32(DX)(R12*1), Y4
	VMOVUPD (DX)(R12*2), Y6
	VMOVUPD 32(DX)(R12*2), Y7
	VMOVUPD (DX)(R13*1), Y9
	VMOVUPD 32(DX)(R13*1), Y10

step8:
	VMOVUPD      (DI), Y12
	VMOVUPD      32(DI), Y13
	VBROADCASTSD (SI), Y15
	VFMADD231PD  Y15, Y12, Y0
	VFMADD231PD  Y15, Y13, Y1
	VBROADCASTSD (SI)(R8*1), Y15
	VFMADD231PD  Y15, Y12, Y3
	VFMADD231PD  Y15, Y13, Y4
	VBROADCASTSD (SI)(R8*2), Y15
	VFMADD231PD  Y15, Y12, Y6
	VFMADD231PD  Y15, Y13, Y7
	VBROADCASTSD (SI)(R9*1), Y15
	VFMADD231PD  Y15, Y12, Y9
	VFMADD231PD  Y15, Y13, Y10
	ADDQ         R10, SI
	ADDQ         R11, DI
	DECQ         CX
	JNE          step8

	VMOVUPD Y0, (DX)
	VMOVUPD Y1, 32(DX)
	VMOVUPD Y3, (DX)(R12*1)
	VMOVUPD Y4, 32(DX)(R12*1)
	VMOVUPD Y6, (DX)(R12*2)
	VMOVUPD Y7, 32(DX)(R12*2)
	VMOVUPD Y9, (DX)(R13*1)
	VMOVUPD Y10, 32(DX)(R13*1)
	VZEROUPPER
	RET

// func tile4(a *float64, rowA, stepA int, b *float64, rowB, k int, c *float64, rowC int)
TEXT ·tile4(SB), NOSPLIT, $0-64
	TILE_ARGUMENTS
	VMOVUPD (DX), Y0
	VMOVUPD (DX)(R12*1), Y3
	VMOVUPD (DX)(R12*2), Y6
	VMOVUPD (DX)(R13*1), Y9

step4:
	VMOVUPD      (DI), Y12
	VBROADCASTSD (SI), Y13
	VBROADCASTSD (SI)(R8*1), Y14
	VFMADD231PD  Y13, Y12, Y0
	VFMADD231PD  Y14, Y12, Y3
	VBROADCASTSD (SI)(R8*2), Y13
	VBROADCASTSD (SI)(R9*1), Y14
	VFMADD231PD  Y13, Y12, Y6
	VFMADD231PD  Y14, Y12, Y9
	ADDQ         R10, SI
	ADDQ         R11, DI
	DECQ         CX
	JNE          step4

	VMOVUPD Y0, (DX)
	VMOVUPD Y3, (DX)(R12*1)
	VMOVUPD Y6, (DX)(R12*2)
	VMOVUPD Y9, (DX)(R13*1)
	VZEROUPPER
	RET

// func addTile(dst, src *float64, n int)
TEXT ·addTile(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

addLoop:
	VMOVUPD (DI), Y0
	VADDPD  (SI), Y0, Y0
	VMOVUPD Y0, (DI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $4, CX
	JNE     addLoop
	VZEROUPPER
	RET

// func rectifyTile(x *float64, n int)
//
// The maximum of 0 and x, which is x where x is NaN.
TEXT ·rectifyTile(SB), NOSPLIT, $0-16
	MOVQ   x+0(FP), DI
	MOVQ   n+8(FP), CX
	VXORPD Y1, Y1, Y1

rectifyLoop:
	VMAXPD  (DI), Y1, Y0
	VMOVUPD Y0, (DI)
	ADDQ    $32, DI
	SUBQ    $4, CX
	JNE     rectifyLoop
	VZEROUPPER
	RET

// func gateTile(d, value *float64, n int)
TEXT ·gateTile(SB), NOSPLIT, $0-24
	MOVQ   d+0(FP), DI
	MOVQ   value+8(FP), SI
	MOVQ   n+16(FP), CX
	VXORPD Y1, Y1, Y1

gateLoop:
	VCMPPD  $1, (SI), Y1, Y0 // 0 < value
	VANDPD  (DI), Y0, Y0
	VMOVUPD Y0, (DI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $4, CX
	JNE     gateLoop
	VZEROUPPER
	RET

// func adamTile(w, m, v, gradient *float64, n int, r *adamRates)
//
//	Y8-Y15  the rates, in their order
TEXT ·adamTile(SB), NOSPLIT, $0-48
	MOVQ         w+0(FP), DI
	MOVQ         m+8(FP), SI
	MOVQ         v+16(FP), DX
	MOVQ         gradient+24(FP), BX
	MOVQ         n+32(FP), CX
	MOVQ         r+40(FP), AX
	VBROADCASTSD (AX), Y8
	VBROADCASTSD 8(AX), Y9
	VBROADCASTSD 16(AX), Y10
	VBROADCASTSD 24(AX), Y11
	VBROADCASTSD 32(AX), Y12
	VBROADCASTSD 40(AX), Y13
	VBROADCASTSD 48(AX), Y14
	VBROADCASTSD 56(AX), Y15
	VXORPD       Y7, Y7, Y7

adamLoop:
	VMOVUPD     (DI), Y0
	VMOVUPD     (BX), Y1
	VFMADD231PD Y0, Y8, Y1
	VMULPD      Y9, Y1, Y1      // the gradient
	VMULPD      Y11, Y1, Y2
	VFMADD231PD (SI), Y10, Y2   // m
	VMULPD      Y13, Y1, Y3
	VMULPD      Y1, Y3, Y3
	VFMADD231PD (DX), Y12, Y3   // v
	VMOVUPD     Y2, (SI)
	VMOVUPD     Y3, (DX)
	VSQRTPD     Y3, Y3
	VADDPD      Y15, Y3, Y3
	VMULPD      Y14, Y2, Y2
	VDIVPD      Y3, Y2, Y2
	VADDPD      Y2, Y0, Y0
	VMOVUPD     Y0, (DI)
	VMOVUPD     Y7, (BX)
	ADDQ        $32, DI
	ADDQ        $32, SI
	ADDQ        $32, DX
	ADDQ        $32, BX
	SUBQ        $4, CX
	JNE         adamLoop
	VZEROUPPER
	RET
