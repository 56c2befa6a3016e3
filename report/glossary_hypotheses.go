package report

// The glossary's columns of hypotheses.

var hypothesisColumns = []Column{
	{Key: "hypothesis", Title: "H", Kind: Label, Help: "number of a hypothesis"},
	{Key: "statement", Title: "Hypothesis", Kind: Text, Help: "what a hypothesis claims"},
	{Key: "found", Title: "Found", Kind: Text, Help: "effect that speaks for a hypothesis, in a word; or not shown, not tested"},
	{Key: "answer", Title: "Answer", Kind: Text, Help: "what the tests of a hypothesis say, by the effect"},
	{Key: "caution", Title: "Caution", Kind: Text, Help: "what a literal reading of the tests would get wrong"},
}
