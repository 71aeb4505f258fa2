import 'reflect-metadata';
import { All, Controller, HttpCode, Module, RequestMethod, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { createDemand } from 'rxllm';
import { type SseMessage, sse, toResponse, toSseMessages } from 'rxllm/http';
import type { Ask, Running } from './ask.js';

/** NestJS 12: `@Sse`, and a Response, which holds the provider back for a slow client. */
export async function serveByNest(ask: Ask): Promise<{ readonly messages: Running; readonly response: Running }> {
  @Controller('api')
  class AnswerController {
    // A POST is answered with 201 unless it is told otherwise.
    @Sse('messages', { method: RequestMethod.ALL })
    @HttpCode(200)
    messages(): Observable<SseMessage> {
      return ask().pipe(toSseMessages(sse()));
    }

    @All('response')
    response(): Promise<Response> {
      const demand = createDemand();
      return toResponse(ask(demand), { wire: sse(), demand });
    }
  }

  @Module({ controllers: [AnswerController] })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const close = (): Promise<void> => app.close();
  return { messages: { url: `${url}/api/messages`, close }, response: { url: `${url}/api/response`, close } };
}
