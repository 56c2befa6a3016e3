package eda

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// ParseExpected reads level=share pairs with commas between them. A level may hold
// an equals sign, a comma it may not.
func ParseExpected(text string) ([]ExpectedShare, error) {
	var out []ExpectedShare
	for _, pair := range strings.Split(text, ",") {
		at := strings.LastIndexByte(pair, '=')
		if at < 0 {
			return nil, fmt.Errorf("%q: write level=share, with commas between levels", pair)
		}
		share, err := strconv.ParseFloat(strings.TrimSpace(pair[at+1:]), 64)
		if err != nil {
			return nil, fmt.Errorf("%q: the share is not a number", pair)
		}
		out = append(out, ExpectedShare{strings.TrimSpace(pair[:at]), share})
	}
	return out, checkExpected(out)
}

// ExpectedFrom reads expected shares from a table: levels in its first column,
// shares or counts in its second.
func ExpectedFrom(t *dataset.Table) ([]ExpectedShare, error) {
	if n := len(t.Schema().Columns); n != 2 {
		return nil, fmt.Errorf("expected shares need two columns, levels and shares; there are %d", n)
	}
	shares, err := t.Floats(1)
	if err != nil {
		return nil, err
	}
	var out []ExpectedShare
	for row, share := range shares {
		out = append(out, ExpectedShare{t.Cell(int64(row), 0), share})
	}
	return out, checkExpected(out)
}

// checkExpected returns why shares cannot be expected.
func checkExpected(expected []ExpectedShare) error {
	seen := make(map[string]bool)
	for _, e := range expected {
		switch {
		case seen[e.Level]:
			return fmt.Errorf("level %q stands twice among the expected shares", e.Level)
		case !(e.Share > 0) || math.IsInf(e.Share, 1):
			return fmt.Errorf("level %q: the expected share %v is not a number above 0", e.Level, e.Share)
		}
		seen[e.Level] = true
	}
	if len(expected) < 2 {
		return fmt.Errorf("expected shares need two levels or more")
	}
	return nil
}
