//go:build !purego

#include "textflag.h"

// func gramTile(a, b *float64, stride, n int, out *[8]float64)
//
// Two columns starting at a against four columns starting at b: eight dot
// products of n values, n a multiple of 4, columns stride bytes apart. Eight
// accumulators keep both FMA units of a core busy (latency 4, two a cycle).
//
//	SI R8             columns of a
//	DI R9 R10 R11     columns of b
//	BX                byte offset, from -8n up to 0; the pointers are past the end
//	Y0-Y3, Y4-Y7      sums of the first and of the second column of a
TEXT ·gramTile(SB), NOSPLIT, $0-40
	MOVQ a+0(FP), SI
	MOVQ b+8(FP), DI
	MOVQ stride+16(FP), AX
	MOVQ n+24(FP), BX
	MOVQ out+32(FP), DX

	SHLQ $3, BX
	ADDQ BX, SI
	ADDQ BX, DI
	NEGQ BX
	LEAQ (SI)(AX*1), R8
	LEAQ (DI)(AX*1), R9
	LEAQ (R9)(AX*1), R10
	LEAQ (R10)(AX*1), R11

	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	TESTQ  BX, BX
	JEQ    reduce

rows:
	VMOVUPD     (SI)(BX*1), Y8
	VMOVUPD     (R8)(BX*1), Y9
	VMOVUPD     (DI)(BX*1), Y10
	VMOVUPD     (R9)(BX*1), Y11
	VFMADD231PD Y8, Y10, Y0
	VFMADD231PD Y9, Y10, Y4
	VMOVUPD     (R10)(BX*1), Y12
	VFMADD231PD Y8, Y11, Y1
	VFMADD231PD Y9, Y11, Y5
	VMOVUPD     (R11)(BX*1), Y13
	VFMADD231PD Y8, Y12, Y2
	VFMADD231PD Y9, Y12, Y6
	VFMADD231PD Y8, Y13, Y3
	VFMADD231PD Y9, Y13, Y7
	ADDQ        $32, BX
	JNE         rows

reduce:
	// Each sum becomes (lane 0 + lane 1) + (lane 2 + lane 3).
	VHADDPD      Y1, Y0, Y0
	VHADDPD      Y3, Y2, Y2
	VHADDPD      Y5, Y4, Y4
	VHADDPD      Y7, Y6, Y6
	VEXTRACTF128 $1, Y0, X8
	VEXTRACTF128 $1, Y2, X9
	VEXTRACTF128 $1, Y4, X10
	VEXTRACTF128 $1, Y6, X11
	VADDPD       X8, X0, X0
	VADDPD       X9, X2, X2
	VADDPD       X10, X4, X4
	VADDPD       X11, X6, X6
	VMOVUPD      X0, (DX)
	VMOVUPD      X2, 16(DX)
	VMOVUPD      X4, 32(DX)
	VMOVUPD      X6, 48(DX)
	VZEROUPPER
	RET

// func centreTile(dst, src, next *float64, n int, shift float64)
//
// Writes src-shift to dst, n values, a multiple of 8 (one cache line), and asks
// for the n values at next, which are wanted soon. Columns lie far apart, so the
// processor's own prefetching starts anew at each and comes too late.
TEXT ·centreTile(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         next+16(FP), DX
	MOVQ         n+24(FP), BX
	VBROADCASTSD shift+32(FP), Y0

	SHLQ  $3, BX
	ADDQ  BX, DI
	ADDQ  BX, SI
	ADDQ  BX, DX
	NEGQ  BX
	TESTQ BX, BX
	JEQ   done

lines:
	PREFETCHT0 (DX)(BX*1)
	VMOVUPD    (SI)(BX*1), Y1
	VMOVUPD    32(SI)(BX*1), Y2
	VSUBPD     Y0, Y1, Y1
	VSUBPD     Y0, Y2, Y2
	VMOVUPD    Y1, (DI)(BX*1)
	VMOVUPD    Y2, 32(DI)(BX*1)
	ADDQ       $64, BX
	JNE        lines

done:
	VZEROUPPER
	RET
