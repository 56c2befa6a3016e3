package model

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/netanom/netanom/model/learn"
)

// Settings lists the names of the settings of a spec, as JSON and --set know them.
func Settings(spec learn.Spec) []string { return settingsOf(reflect.TypeOf(spec).Elem()) }

// settingsOf lists the JSON names of a struct's fields, those of embedded structs too.
func settingsOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct && name == "":
			names = append(names, settingsOf(f.Type)...)
		case name != "" && name != "-":
			names = append(names, name)
		}
	}
	return names
}

// ParseSettings makes a JSON object of settings as a user writes them, trees=300 or
// penalty=l1. What is no JSON value is taken for a word.
func ParseSettings(pairs []string) (json.RawMessage, error) {
	object := map[string]json.RawMessage{}
	for _, p := range pairs {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%q is no setting; write name=value", p)
		}
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the setting %q is given twice", name)
		}
		raw := json.RawMessage(value)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(value) // a string can always be written
		}
		object[name] = raw
	}
	return json.Marshal(object)
}
