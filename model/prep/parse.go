package prep

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/netanom/netanom/model/learn"
)

// ParseChain reads the short spelling of a chain: kinds with commas between them,
// and settings in parentheses with semicolons between them,
//
//	impute,log1p,standard
//	quantile(normal),select(by=mi;top=20)
//	clip(columns=src_bytes,dst_bytes;upper=0.99)
//
// The main setting of a kind, such as by of select, may go without its name. Values
// are written as in JSON, but texts without quotation marks, and lists of texts with
// commas. "" and "none" are no steps. Errors wrap learn.ErrSetting and say what is
// known.
func ParseChain(s string) (Chain, error) {
	chain := Chain{}
	if s = strings.TrimSpace(s); s == "" || s == "none" {
		return chain, nil
	}
	for rest, more := s, true; more; {
		var item string
		var err error
		if item, rest, more, err = nextStep(rest); err != nil {
			return nil, fmt.Errorf("steps %q: %w: %w", s, learn.ErrSetting, err)
		}
		step, err := parseStep(item)
		if err != nil {
			return nil, fmt.Errorf("step %q: %w: %w", item, learn.ErrSetting, err)
		}
		chain = append(chain, step)
	}
	return chain, nil
}

// nextStep cuts the first step off, at a comma that is not in parentheses.
func nextStep(s string) (item, rest string, more bool, err error) {
	depth := 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 || depth > 1 {
			return "", "", false, fmt.Errorf("parentheses do not match; write kind(setting=value;setting=value)")
		}
		if r == ',' && depth == 0 {
			return strings.TrimSpace(s[:i]), s[i+1:], true, nil
		}
	}
	if depth != 0 {
		return "", "", false, fmt.Errorf("a parenthesis is not closed")
	}
	return strings.TrimSpace(s), "", false, nil
}

// parseStep reads kind or kind(settings).
func parseStep(s string) (learn.Step, error) {
	name, inner, has := strings.Cut(s, "(")
	if has {
		var tail string
		inner, tail, _ = strings.Cut(inner, ")")
		if tail != "" {
			return nil, fmt.Errorf("%q follows the parenthesis; want a comma", tail)
		}
	}
	name = strings.TrimSpace(name)
	k, ok := kindOf(name)
	if !ok {
		return nil, unknown("step", name, Kinds())
	}
	step := k.step()
	if strings.TrimSpace(inner) == "" {
		return step, nil
	}
	known := fields(reflect.TypeOf(step))
	settings := make(map[string]json.RawMessage)
	for _, part := range strings.Split(inner, ";") {
		key, value, named := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !named {
			key, value = k.main, key
		}
		if key == "" {
			return nil, fmt.Errorf("%q has no name; known settings are %s", value, list(fieldNames(reflect.TypeOf(step))))
		}
		if _, twice := settings[key]; twice {
			return nil, fmt.Errorf("%s is set twice", key)
		}
		settings[key] = toJSON(value, typeOf(key, known))
	}
	settings["kind"] = toJSON(name, reflect.TypeFor[string]())
	return readItem(settings, "setting", NewStep)
}

func typeOf(name string, known []field) reflect.Type {
	for _, f := range known {
		if f.name == name {
			return f.kind
		}
	}
	return nil
}

// toJSON spells a value as JSON has it for a setting of that type. What is none
// stays text, so that reading it says what was wanted.
func toJSON(value string, t reflect.Type) json.RawMessage {
	var v any = value
	switch {
	case t == reflect.TypeFor[[]string]():
		parts := strings.Split(value, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		v = parts
	case t != nil && t.Kind() != reflect.String && json.Valid([]byte(value)):
		return json.RawMessage(value)
	}
	text, _ := json.Marshal(v) // a text or a list of texts is never an error
	return text
}

// String spells the chain so that ParseChain reads it, "none" for no steps. Names of
// columns with commas, semicolons or parentheses cannot be read back.
func (c Chain) String() string {
	if len(c) == 0 {
		return "none"
	}
	words := make([]string, len(c))
	for i, step := range c {
		words[i] = spell(step)
	}
	return strings.Join(words, ",")
}

func spell(step learn.Step) string {
	if step == nil {
		return "nil"
	}
	var settings map[string]json.RawMessage
	text, err := json.Marshal(step)
	if err != nil || json.Unmarshal(text, &settings) != nil {
		return step.Kind()
	}
	var parts []string
	for _, f := range fields(reflect.TypeOf(step)) {
		if value, set := settings[f.name]; set {
			parts = append(parts, f.name+"="+fromJSON(value))
		}
	}
	if parts == nil {
		return step.Kind()
	}
	return step.Kind() + "(" + strings.Join(parts, ";") + ")"
}

func fromJSON(value json.RawMessage) string {
	var text string
	var texts []string
	switch {
	case json.Unmarshal(value, &text) == nil:
		return text
	case json.Unmarshal(value, &texts) == nil:
		return strings.Join(texts, ",")
	}
	return string(value)
}
