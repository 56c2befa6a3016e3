package tree

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/netanom/netanom/model/learn"
)

// Features says how many columns a split may choose from: "sqrt" or "log2" of all,
// "all", a whole number of columns, "7", or a share of them with a decimal point,
// "0.3". "" stands for the default. In JSON, numbers may be written as such.
type Features string

// UnmarshalJSON reads a string or a number.
func (f *Features) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] != '"' {
		if string(text) == "null" {
			*f = ""
			return nil
		}
		var n json.Number
		if err := json.Unmarshal(text, &n); err != nil {
			return err
		}
		*f = Features(n)
		return nil
	}
	return json.Unmarshal(text, (*string)(f))
}

// MarshalJSON writes a number if it is one.
func (f Features) MarshalJSON() ([]byte, error) {
	if v, err := strconv.ParseFloat(string(f), 64); err == nil && v-v == 0 && json.Valid([]byte(f)) {
		return []byte(f), nil
	}
	return json.Marshal(string(f))
}

// of returns how many of so many columns it stands for, at least 1.
func (f Features) of(columns int) (int, error) {
	n := float64(columns)
	switch f {
	case "sqrt":
		return max(1, int(math.Sqrt(n))), nil
	case "log2":
		return max(1, int(math.Log2(n))), nil
	case "all":
		return max(1, columns), nil
	}
	v, err := strconv.ParseFloat(string(f), 64)
	if err == nil && strings.ContainsAny(string(f), ".eE") {
		if v > 0 && v <= 1 {
			return max(1, int(v*n)), nil
		}
	} else if err == nil && v >= 1 && v == math.Trunc(v) {
		return int(min(v, max(1, n))), nil
	}
	return 0, fmt.Errorf("max_features %q: want sqrt, log2, all, a number of columns or a share such as 0.3: %w", string(f), learn.ErrSetting)
}
