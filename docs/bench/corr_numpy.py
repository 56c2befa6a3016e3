"""Pearson matrix of the numeric columns of a CSV: corr_numpy.py FILE. Prints the seconds of corrcoef alone."""
import sys, time
import numpy, pandas

frame = pandas.read_csv(sys.argv[1], header=None).select_dtypes("number")
frame = frame.loc[:, frame.nunique() > 1]
matrix = numpy.ascontiguousarray(frame.to_numpy(dtype=float).T)
start = time.perf_counter()
numpy.corrcoef(matrix)
print(matrix.shape, time.perf_counter() - start)
