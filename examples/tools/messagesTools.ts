/** The definitions of tools for a message of Anthropic: the JSON Schema comes from the schema of the input. */
import { messagesTools } from 'rxllm/anthropic';
import { z } from 'zod';

const tools = {
  get_weather: { description: 'The weather of a city', input: z.object({ city: z.string() }), run: () => ({ celsius: 21 }) },
};
console.log(JSON.stringify(messagesTools(tools), null, 2));

/* Prints:
[
  {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {
      "type": "object",
      "properties": {
        "city": {
          "type": "string"
        }
      },
      "required": [
        "city"
      ]
    }
  }
]
*/
