// Holds an OpenAPI document, on standard input, to the schema of its version.
import { Validator } from "@seriousme/openapi-schema-validator";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const found = await new Validator().validate(JSON.parse(text));
if (!found.valid) {
  console.error("the OpenAPI document is not valid:", JSON.stringify(found.errors, null, 1));
  process.exit(1);
}
console.log("the OpenAPI document is valid");
