/** The definitions of tools for a response: the JSON Schema comes from the schema of the input. */
import { responsesTools } from 'rxllm/openai';
import { z } from 'zod';

const tools = {
  get_weather: { description: 'The weather of a city', input: z.object({ city: z.string() }), run: () => ({ celsius: 21 }) },
};
console.log(JSON.stringify(responsesTools(tools), null, 2));

/* Prints:
[
  {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {
      "type": "object",
      "properties": {
        "city": {
          "type": "string"
        }
      },
      "required": [
        "city"
      ]
    },
    "strict": false
  }
]
*/
