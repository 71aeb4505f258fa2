export const question: [{ readonly role: 'user'; readonly content: string }] = [{ role: 'user', content: 'Hello' }];

interface ChatParams {
  readonly model: string;
  readonly messages: typeof question;
  readonly stream: true;
}

export const chatParams: ChatParams = { model: 'model', messages: question, stream: true };
export const messagesParams: ChatParams & { readonly max_tokens: number } = { ...chatParams, max_tokens: 100 };
