import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai';
import type { Provider } from './provider.js';

export const langChain = ({ url }: Provider, fields: ChatOpenAIFields = {}): ChatOpenAI =>
  new ChatOpenAI({ apiKey: 'none', model: 'model', maxRetries: 0, configuration: { baseURL: `${url}/v1` }, ...fields });
