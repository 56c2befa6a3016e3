package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.yaml.in/yaml/v3"
)

// dataVariable is the environment variable that may name the file to read.
const dataVariable = "NETANOM_DATA"

// path returns the file to read, and who named it if it was not the command
// line. No file means the sample.
func (o *inputOptions) path(w *world, args []string) (path, namedBy string, err error) {
	switch env := w.env(dataVariable); {
	case len(args) > 0:
		return args[0], "", nil
	case o.data != "":
		return o.data, "", nil
	case env != "":
		return env, dataVariable, nil
	}
	path, err = configuredData()
	return path, configName, err
}

// configName is the configuration in the working directory. Its only key is
// data, the file to read where none is named.
const configName = "netanom.yaml"

// configuredData returns the file that the configuration names, if there is a
// configuration and it names one.
func configuredData() (string, error) {
	text, err := os.ReadFile(configName)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the configuration: %w", err)
	}
	var keys map[string]yaml.Node
	if err := yaml.Unmarshal(text, &keys); err != nil {
		return "", usagef("%s is not understood; it is to hold one line, as in data: flows.csv", configName)
	}
	for key, value := range keys {
		if key != "data" {
			return "", usagef("%s:%d: there is no key %q; the only one is data", configName, value.Line, key)
		}
	}
	value, given := keys["data"]
	if given && value.Kind != yaml.ScalarNode {
		return "", usagef("%s:%d: data is to name one file", configName, value.Line)
	}
	return value.Value, nil
}
