package model

import "math"

var nan = math.NaN()
