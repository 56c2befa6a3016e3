package learn

import (
	"encoding/base64"
	"encoding/json"

	quick "github.com/go-json-experiment/json"
)

// Decode reads a part of a model file into v: one JSON value, none of whose members is
// unknown or there twice. encoding/json would look at each letter of the packed numbers,
// which are nearly all of a file, once for every level that they are nested in.
func Decode(text []byte, v any) error {
	return quick.Unmarshal(text, v, quick.RejectUnknownMembers(true))
}

// unbase64 returns the bytes that a JSON string has as base64; none for null.
func unbase64(text []byte) (raw []byte, err error) {
	if len(text) < 2 || text[0] != '"' {
		err = json.Unmarshal(text, &raw) // null, or an error
		return raw, err
	}
	text = text[1 : len(text)-1] // no letter of base64 is ever written with a backslash
	raw = make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(raw, text)
	return raw[:n], err
}
