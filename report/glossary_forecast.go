package report

// forecasts holds the glossary's columns of what series are expected to be.
var forecasts = []Column{
	{Key: "low80", Title: "Low 80 %", Kind: Real, Help: "lower bound of the interval that holds the step with a probability of 80 %"},
	{Key: "high80", Title: "High 80 %", Kind: Real, Help: "upper bound of the interval that holds the step with a probability of 80 %"},
	{Key: "low95", Title: "Low 95 %", Kind: Real, Help: "lower bound of the interval that holds the step with a probability of 95 %"},
	{Key: "high95", Title: "High 95 %", Kind: Real, Help: "upper bound of the interval that holds the step with a probability of 95 %"},
	{Key: "smoothing", Title: "Smoothing", Kind: Label, Help: "exponential smoothing model: error, trend and season, each none (N), additive (A) or damped (Ad)"},
	{Key: "season", Title: "Season", Kind: Label, Help: "span after which the model repeats itself"},
	{Key: "fitted_steps", Title: "Fitted steps", Kind: Count, Help: "steps that the model was fitted to, the last ones"},
	{Key: "logarithm", Title: "Log", Kind: Bool, Help: "whether log(1+x) was modelled"},
	{Key: "alpha_level", Title: "Alpha", Kind: Real, Help: "part of a one-step error that goes into the level"},
	{Key: "beta_slope", Title: "Beta", Kind: Real, Help: "part of a one-step error that goes into the slope"},
	{Key: "gamma_season", Title: "Gamma", Kind: Real, Help: "part of a one-step error that goes into the seasonal effect"},
	{Key: "phi_damping", Title: "Phi", Kind: Real, Help: "factor by which the slope fades from step to step"},
	{Key: "origins", Title: "Origins", Kind: Count, Help: "forecasts that the back-test made, each from one step later"},
	{Key: "horizon", Title: "Horizon", Kind: Count, Help: "steps that each forecast of the back-test looks ahead"},
	{Key: "forecast_mae", Title: "MAE", Kind: Real, Help: "mean absolute error of the forecasts of the back-test"},
	{Key: "naive_mae", Title: "Naive MAE", Kind: Real, Help: "the same of the naive forecast: as the last step, or as that of the last cycle of a rhythm"},
	{Key: "relative_mae", Title: "MAE by naive", Kind: Real, Help: "mean absolute error by that of the naive forecast; 1 or more: no better"},
	{Key: "mase", Title: "MASE", Kind: Real, Help: "mean absolute error by that of the naive forecast one step or cycle ahead before the back-test"},
	{Key: "coverage80", Title: "In 80 %", Kind: Share, Help: "part of the values of the back-test within the 80 % intervals"},
	{Key: "coverage95", Title: "In 95 %", Kind: Share, Help: "part of the values of the back-test within the 95 % intervals"},
}
