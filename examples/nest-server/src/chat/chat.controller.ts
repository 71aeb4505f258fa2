import { Body, Controller, Delete, Headers, HttpCode, HttpException, Param, RequestMethod, Sse, UseGuards } from '@nestjs/common';
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

  /** The rest of an answer, for a page that was reloaded or whose connection broke off; 204 if none runs. */
  @Sse(':id')
  async resume(@Param('id', toAnswerId) id: string, @Headers('last-event-id') after?: string): Promise<Observable<SseMessage>> {
    const messages$ = await this.answers.resume(id, after);
    if (!messages$) throw new HttpException('No such answer runs', 204);
    return messages$;
  }

  /** Stops an answer, from any tab. */
  @Delete(':id')
  @HttpCode(204)
  stop(@Param('id', toAnswerId) id: string): Promise<void> {
    return this.answers.stop(id);
  }
}
