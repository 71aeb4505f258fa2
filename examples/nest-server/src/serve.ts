import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { MODEL, type Model } from './model/model.js';
import { startTelemetry } from './telemetry.js';

export interface ServeOptions {
  /** The port on the loopback address; 0 for any that is free. */
  readonly port: number;
  /** The folder of the page. */
  readonly page: string;
}

export interface ChatServer {
  readonly url: string;
  readonly model: Model;
  /** Ends the answers that run, and the server. */
  close(): Promise<void>;
}

/** Serves the page at `/` and the chat at `/api/chat`. */
export async function serve({ port, page }: ServeOptions): Promise<ChatServer> {
  const stopTelemetry = startTelemetry(process.env);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    logger: ['log', 'warn', 'error'],
    // Without this, an answer that runs would keep the server open.
    forceCloseConnections: true,
    abortOnError: false,
  });
  // A conversation is sent whole.
  app.useBodyParser('json', { limit: '4mb' });
  app.useStaticAssets(page);
  const close = async (): Promise<void> => {
    await app.close();
    await stopTelemetry();
  };
  try {
    await app.listen(port, '127.0.0.1');
  } catch (error) {
    await close();
    throw error;
  }
  return { url: await app.getUrl(), model: app.get<Model>(MODEL), close };
}
