import { createOpenAI } from '@ai-sdk/openai';
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import { createOpenAI as createOpenAI3 } from 'ai-sdk-openai-3';
import type { Provider } from './provider.js';

export type Version = 6 | 7;

interface AiSdk {
  readonly sdk: typeof ai7;
  model(provider: Provider): ai7.LanguageModel;
}

const settings = ({ url }: Provider): { apiKey: string; baseURL: string } => ({ apiKey: 'none', baseURL: `${url}/v1` });

/** Both versions of the AI SDK, each with its own package of OpenAI. The types are those of version 7. */
export const aiSdks: Readonly<Record<Version, AiSdk>> = {
  6: {
    sdk: ai6 as unknown as typeof ai7,
    model: (provider) => createOpenAI3(settings(provider)).chat('model') as unknown as ai7.LanguageModel,
  },
  7: { sdk: ai7, model: (provider) => createOpenAI(settings(provider)).chat('model') },
};
