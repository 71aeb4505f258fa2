/** The server of the chat in a process of its own, which the specs can kill. It reports what its local provider does when it gets a message. */
interface ChatServer {
  readonly url: string;
  close(): Promise<void>;
  readonly model: { readonly local?: { readonly open: number; readonly requests: number } };
}
type Serve = (options: { readonly port: number; readonly page: string }) => Promise<ChatServer>;

const examples = new URL('../../examples/', import.meta.url);
const { serve } = (await import(new URL('nest-server/dist/serve.js', examples).href)) as { readonly serve: Serve };
const page = new URL('angular-chat/dist/browser', examples).pathname;
const { url, model, close } = await serve({ port: Number(process.env['PORT']), page });
process.on('message', () => process.send?.({ open: model.local?.open, requests: model.local?.requests }));
process.once('SIGTERM', () => void close().then(() => process.exit()));
process.send?.(url);
