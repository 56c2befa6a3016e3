package prep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/netanom/netanom/model/learn"
)

// MarshalJSON writes [{"kind": "impute", …settings}, …].
func (c Chain) MarshalJSON() ([]byte, error) { return writeList(c) }

// UnmarshalJSON reads what MarshalJSON writes. Kinds and settings that are unknown
// are errors, which wrap learn.ErrSetting and say what is known.
func (c *Chain) UnmarshalJSON(text []byte) error {
	steps, err := readList(text, "setting", NewStep)
	if err != nil {
		return fmt.Errorf("%w: %w", learn.ErrSetting, err)
	}
	*c = steps
	return nil
}

// MarshalJSON writes [{"kind": "impute", …what was learned}, …].
func (f Fitted) MarshalJSON() ([]byte, error) { return writeList(f) }

// UnmarshalJSON reads what MarshalJSON writes; Check then tells whether it is whole.
// Kinds and fields that are unknown are errors, which wrap learn.ErrBroken.
func (f *Fitted) UnmarshalJSON(text []byte) error {
	transforms, err := readList(text, "field", NewTransform)
	if err != nil {
		return fmt.Errorf("%w: %w", learn.ErrBroken, err)
	}
	*f = transforms
	for i, t := range transforms {
		columns := t.Inputs()
		if i > 0 {
			columns = transforms[i-1].Outputs()
		}
		t.(applier).share(columns) // as all transforms of NewTransform are
	}
	return nil
}

type kinded interface{ Kind() string }

// writeList writes objects with their kinds.
func writeList[T kinded](items []T) ([]byte, error) {
	out := []byte{'['}
	for i, item := range items {
		if any(item) == nil {
			return nil, fmt.Errorf("step %d is missing", i+1)
		}
		text, err := json.Marshal(item)
		if err != nil {
			return nil, fmt.Errorf("step %d, %s: %w", i+1, item.Kind(), err)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"kind":%q`, item.Kind())
		if fields := bytes.TrimPrefix(text, []byte{'{'}); len(fields) > 1 {
			out = append(append(out, ','), fields...)
		} else {
			out = append(out, '}')
		}
	}
	return append(out, ']'), nil
}

// readList reads what writeList writes.
func readList[T kinded](text []byte, field string, empty func(kind string) (T, bool)) ([]T, error) {
	var objects []map[string]json.RawMessage
	if err := json.Unmarshal(text, &objects); err != nil {
		return nil, fmt.Errorf("steps are a list of objects with a kind: %w", err)
	}
	items := make([]T, 0, len(objects))
	for i, o := range objects {
		item, err := readItem(o, field, empty)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		items = append(items, item)
	}
	return items, nil
}

func readItem[T kinded](o map[string]json.RawMessage, field string, empty func(kind string) (T, bool)) (item T, err error) {
	var name string
	if err := json.Unmarshal(o["kind"], &name); err != nil {
		return item, fmt.Errorf("it has no kind; known are %s", list(Kinds()))
	}
	item, ok := empty(name)
	if !ok {
		return item, unknown("step", name, Kinds())
	}
	delete(o, "kind")
	known := fieldNames(reflect.TypeOf(item))
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(known, key) {
			return item, fmt.Errorf("%s: %w", name, unknown(field, key, known))
		}
	}
	rest, err := json.Marshal(o)
	if err != nil {
		return item, fmt.Errorf("%s: %w", name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(rest))
	dec.DisallowUnknownFields()
	if err := dec.Decode(item); err != nil {
		return item, fmt.Errorf("%s: %w", name, plain(err))
	}
	if item.Kind() != name {
		return item, fmt.Errorf("%s: it says that it is %q", name, item.Kind())
	}
	return item, nil
}

// plain says which setting has a value of the wrong type.
func plain(err error) error {
	var e *json.UnmarshalTypeError
	if errors.As(err, &e) && e.Field != "" {
		return fmt.Errorf("%s cannot be a %s; want %s", e.Field, e.Value, typeWord(e.Type))
	}
	return err
}

func typeWord(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int32:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.String:
		return "text"
	}
	return "a list"
}

// unknown is the error for a name that is none of those known.
func unknown(what, name string, known []string) error {
	if len(known) == 0 {
		return fmt.Errorf("there is no %s %q; it has none", what, name)
	}
	return fmt.Errorf("there is no %s %q%s; known are %s", what, name, nearest(name, known), list(known))
}

// fieldNames are the JSON names of the fields of a struct and those that it embeds.
func fieldNames(t reflect.Type) []string {
	var names []string
	for _, f := range fields(t) {
		names = append(names, f.name)
	}
	return names
}

// A field is one of a struct as JSON knows it.
type field struct {
	name string
	kind reflect.Type
}

func fields(t reflect.Type) []field {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, fields(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			out = append(out, field{name, f.Type})
		}
	}
	return out
}
