package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Recipe is a list of derivations that Derive adds to a table in this order.
// Saved, it makes the same columns of another file.
type Recipe struct {
	Rows        int64 // rows that what was learned was learned from; 0: nothing was
	Derivations []Derivation
}

// The envelope of a recipe's file.
const (
	recipeFormat  = "netanom recipe"
	recipeVersion = 1
)

// The limits of a recipe's file.
const (
	maxRecipeBytes = 16 << 20
	maxDerivations = 1000
)

// recipeFile is the envelope.
type recipeFile struct {
	Format      string       `json:"format"`
	Version     int          `json:"version"`
	LearnedRows int64        `json:"learned_rows"`
	Derivations []Derivation `json:"derivations"`
}

// Check returns an error, as a sentence, if there is no derivation or more than
// 1000, if one is not whole (see Derivation.Check), or if two have one name.
func (r *Recipe) Check() error {
	switch n := len(r.Derivations); {
	case n == 0:
		return errors.New("the recipe makes no column")
	case n > maxDerivations:
		return fmt.Errorf("%d columns are too many for a recipe, at most %d can be made", n, maxDerivations)
	case r.Rows < 0:
		return fmt.Errorf("a recipe cannot be learned from %d rows", r.Rows)
	}
	seen := map[string]bool{}
	for i := range r.Derivations {
		d := &r.Derivations[i]
		if err := d.Check(); err != nil {
			return err
		}
		if seen[d.Name] {
			return fmt.Errorf("column %q is made twice", d.Name)
		}
		seen[d.Name] = true
	}
	return nil
}

// WriteRecipe writes a recipe as JSON: an envelope with a version, and nothing
// that runs. Numbers read back as the same values. It is an error if the recipe
// does not pass Check.
func WriteRecipe(w io.Writer, r Recipe) error {
	if err := r.Check(); err != nil {
		return err
	}
	file := recipeFile{recipeFormat, recipeVersion, r.Rows, slices.Clone(r.Derivations)}
	for i := range file.Derivations {
		if d := &file.Derivations[i]; d.Inputs == nil {
			d.Inputs = []string{}
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(file)
}

// ParseRecipe reads what WriteRecipe wrote. It refuses, with a sentence, what is
// no recipe, comes from a later version, is larger than 16 MiB, has fields or
// operations that are not known, or would not pass Check.
func ParseRecipe(r io.Reader) (Recipe, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxRecipeBytes+1))
	if err != nil {
		return Recipe{}, err
	}
	if len(text) > maxRecipeBytes {
		return Recipe{}, fmt.Errorf("it is larger than %d MiB, which no recipe is", maxRecipeBytes>>20)
	}
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.Format != recipeFormat {
		return Recipe{}, errors.New("it is no recipe; netanom features --save writes one")
	}
	if head.Version != recipeVersion {
		return Recipe{}, fmt.Errorf("it is a recipe of version %d, and this netanom reads version %d; use the netanom that wrote it, or make it anew", head.Version, recipeVersion)
	}
	var file recipeFile
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return Recipe{}, fmt.Errorf("the recipe cannot be read: %w", err)
	}
	recipe := Recipe{Rows: file.LearnedRows, Derivations: file.Derivations}
	return recipe, recipe.Check()
}
