import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Get, HttpCode, Param, Req, RequestMethod, Sse, UseGuards } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { SseMessage } from 'rxllm/http';
import { AccessGuard } from './access.guard.js';
import { Answers } from './answers.js';
import { ChatService } from './chat.service.js';
import { type ChatRequest, toAnswerId, toChatRequest } from './chatRequest.js';

@Controller('api/chat')
@UseGuards(AccessGuard)
export class ChatController {
  constructor(
    private readonly chat: ChatService,
    private readonly answers: Answers,
  ) {}

  /** Answers a conversation. NestJS would answer a POST with 201. */
  @Sse('', { method: RequestMethod.POST })
  @HttpCode(200)
  answer(@Body(toChatRequest) request: ChatRequest): Observable<SseMessage> {
    return this.answers.run(request.id, this.chat.answer(request));
  }

  /** The rest of an answer, for a page whose connection broke off, or all of it, for one that was reloaded. */
  @Get(':id')
  resume(@Param('id', toAnswerId) id: string, @Req() { method = 'GET', url = '/', headers }: IncomingMessage): Promise<Response> {
    const { 'last-event-id': after = '' } = headers;
    return this.answers.resume(id, { method, url, headers: new Headers({ 'last-event-id': String(after) }) });
  }

  /** Stops an answer, from any tab. */
  @Delete(':id')
  stop(@Param('id', toAnswerId) id: string): Promise<Response> {
    return this.answers.stop(id);
  }
}
