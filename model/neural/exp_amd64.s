//go:build !purego

#include "textflag.h"

DATA signBit<>+0(SB)/8, $0x8000000000000000
GLOBL signBit<>(SB), RODATA|NOPTR, $8

// The steps of expParts for the four values in Y0: s to Y1 and q to Y0. AX holds the
// constants; Y2 and Y3 are used up; Y6 holds 1.
#define COEFFICIENT(at) \
	VBROADCASTSD at(AX), Y4 \
	VFMADD213PD  Y4, Y2, Y3 // Y3·r + coefficient

#define EXP_PARTS \
	VBROADCASTSD  0(AX), Y4     \
	VMAXPD        Y0, Y4, Y0    \ // the second, x, where x is NaN
	VBROADCASTSD  8(AX), Y4     \
	VBROADCASTSD  16(AX), Y1    \
	VMOVAPD       Y1, Y3        \
	VFMADD231PD   Y4, Y0, Y1    \ // t
	VSUBPD        Y3, Y1, Y3    \ // n
	VBROADCASTSD  24(AX), Y4    \
	VMOVAPD       Y0, Y2        \
	VFNMADD231PD  Y4, Y3, Y2    \
	VBROADCASTSD  32(AX), Y4    \
	VFNMADD231PD  Y4, Y3, Y2    \ // r
	VBROADCASTSD  48(AX), Y3    \
	COEFFICIENT(56)             \
	COEFFICIENT(64)             \
	COEFFICIENT(72)             \
	COEFFICIENT(80)             \
	COEFFICIENT(88)             \
	COEFFICIENT(96)             \
	COEFFICIENT(104)            \
	COEFFICIENT(112)            \
	COEFFICIENT(120)            \
	COEFFICIENT(128)            \
	COEFFICIENT(136)            \
	VMULPD        Y2, Y2, Y0    \
	VFMADD213PD   Y2, Y3, Y0    \ // q = r²·p + r
	VPSLLQ        $52, Y1, Y1   \
	VPADDQ        Y6, Y1, Y1

// func logisticTile(x *float64, n int, constants *float64)
TEXT ·logisticTile(SB), NOSPLIT, $0-24
	MOVQ         x+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         constants+16(FP), AX
	VBROADCASTSD signBit<>(SB), Y7
	VBROADCASTSD 40(AX), Y6

logisticLoop:
	VMOVUPD     (DI), Y5
	VORPD       Y7, Y5, Y0         // −|z|
	EXP_PARTS
	VFMADD213PD Y1, Y1, Y0         // e = s·q + s
	VADDPD      Y6, Y0, Y1
	VBLENDVPD   Y5, Y0, Y6, Y0     // e where the sign is set, 1 elsewhere
	VDIVPD      Y1, Y0, Y0
	VMOVUPD     Y0, (DI)
	ADDQ        $32, DI
	SUBQ        $4, CX
	JNE         logisticLoop
	VZEROUPPER
	RET

// func tangentTile(x *float64, n int, constants *float64)
TEXT ·tangentTile(SB), NOSPLIT, $0-24
	MOVQ         x+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         constants+16(FP), AX
	VBROADCASTSD signBit<>(SB), Y7
	VBROADCASTSD 40(AX), Y6
	VADDPD       Y6, Y6, Y8        // 2

tangentLoop:
	VMOVUPD     (DI), Y5
	VORPD       Y7, Y5, Y0         // −|z|
	VADDPD      Y0, Y0, Y0
	EXP_PARTS
	VSUBPD      Y6, Y1, Y2
	VFMADD213PD Y2, Y1, Y0         // e = s·q + (s−1), from −1 to 0
	VADDPD      Y8, Y0, Y1
	VDIVPD      Y1, Y0, Y0
	VANDNPD     Y0, Y7, Y0         // |e/(2+e)|
	VANDPD      Y7, Y5, Y5
	VORPD       Y5, Y0, Y0         // with the sign of z
	VMOVUPD     Y0, (DI)
	ADDQ        $32, DI
	SUBQ        $4, CX
	JNE         tangentLoop
	VZEROUPPER
	RET
