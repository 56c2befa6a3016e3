import sys, pandas as pd
df = pd.read_csv(sys.argv[1], header=0 if sys.argv[2] == "true" else None)
print(df.describe(include="all").shape)
