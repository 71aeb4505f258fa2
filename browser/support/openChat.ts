import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { recordHistory } from './chatHistory.js';
import { type ChatPage, chatPage } from './chatPage.js';
import { type ChatServer, type ChatServerOptions, startChatServer } from './chatServer.js';
import { launchChromium } from './chromium.js';

/** The chat of one spec: the server is that of all specs of a `describe`, the context is new. */
export interface OpenChat {
  readonly browser: Browser;
  readonly server: ChatServer;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly chat: ChatPage;
}

/** Opens the chat in a new context before each spec of the enclosing `describe`. */
export function openChat(serverOptions: () => ChatServerOptions = () => ({})): OpenChat {
  const opened = {} as { -readonly [Key in keyof OpenChat]: OpenChat[Key] };
  beforeAll(async () => {
    opened.browser = await launchChromium();
    opened.server = await startChatServer(serverOptions());
  });
  afterAll(async () => {
    await opened.browser?.close();
    await opened.server?.kill();
  });
  beforeEach(async () => {
    opened.context = await opened.browser.newContext({ viewport: { width: 1280, height: 800 } });
    opened.page = await opened.context.newPage();
    await recordHistory(opened.page);
    opened.chat = chatPage(opened.page);
    await opened.page.goto(opened.server.url);
  });
  afterEach(() => opened.context.close());
  return opened;
}
