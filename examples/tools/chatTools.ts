/** The definitions of tools for a chat completion: the JSON Schema comes from the schema of the input. */
import { chatTools } from 'rxllm/openai';
import { z } from 'zod';

const tools = {
  get_weather: { description: 'The weather of a city', input: z.object({ city: z.string() }), run: () => ({ celsius: 21 }) },
};
console.log(JSON.stringify(chatTools(tools), null, 2));

/* Prints:
[
  {
    "type": "function",
    "function": {
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
      }
    }
  }
]
*/
