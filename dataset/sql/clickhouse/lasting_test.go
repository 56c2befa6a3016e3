package clickhouse

import (
	"errors"
	"io"
	"testing"
)

func TestLasting(t *testing.T) {
	c := &conn{address: "h:1"}
	for code, want := range map[int]bool{60: true, 47: true, 193: true, 516: true, 497: true, 0: false, 159: false, 241: false, 202: false, 279: false} {
		var says interface{ Lasting() bool }
		if err := c.explain(&exception{code, "x"}); !errors.As(err, &says) || says.Lasting() != want {
			t.Errorf("code %d: %v", code, err)
		}
	}
	if err := c.explain(io.ErrUnexpectedEOF); errors.As(err, new(interface{ Lasting() bool })) {
		t.Errorf("%v says whether it lasts", err)
	}
}
