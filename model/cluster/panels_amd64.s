//go:build !purego

#include "textflag.h"

// func addSquaresTile(dst *[8]float64, row, panel *float64, n int)
//
// Each number of the row is spread over two registers, the line of the panel is
// subtracted, and the squares are added, every step rounded by itself.
//
//	Y0 Y1   sums
//	BX      byte offset in the row, from -8n up to 0; SI is past its end
//	DI      line of the panel
TEXT ·addSquaresTile(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DX
	MOVQ row+8(FP), SI
	MOVQ panel+16(FP), DI
	MOVQ n+24(FP), BX

	SHLQ $3, BX
	ADDQ BX, SI
	NEGQ BX

	VMOVUPD (DX), Y0
	VMOVUPD 32(DX), Y1

numbers:
	VBROADCASTSD (SI)(BX*1), Y2
	VSUBPD       (DI), Y2, Y3
	VSUBPD       32(DI), Y2, Y4
	VMULPD       Y3, Y3, Y3
	VMULPD       Y4, Y4, Y4
	VADDPD       Y3, Y0, Y0
	VADDPD       Y4, Y1, Y1
	ADDQ         $64, DI
	ADDQ         $8, BX
	JNE          numbers

	VMOVUPD Y0, (DX)
	VMOVUPD Y1, 32(DX)
	VZEROUPPER
	RET
