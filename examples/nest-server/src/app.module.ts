import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Answers } from './chat/answers.js';
import { ChatController } from './chat/chat.controller.js';
import { ChatService } from './chat/chat.service.js';
import { type AnswerStore, createStore, STORE } from './chat/store.js';
import { createModel } from './model/createModel.js';
import { MODEL, type Model } from './model/model.js';

@Module({
  controllers: [ChatController],
  providers: [
    ChatService,
    Answers,
    { provide: MODEL, useFactory: () => createModel(process.env) },
    { provide: STORE, useFactory: () => createStore(process.env) },
  ],
})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(MODEL) private readonly model: Model,
    @Inject(STORE) private readonly store: AnswerStore,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.model.local?.stop();
    await this.store.close();
  }
}
