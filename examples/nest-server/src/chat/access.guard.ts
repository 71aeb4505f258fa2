import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';

interface ChatHttpRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: { readonly fault?: unknown };
}

/** Where an application checks the user's session. Here everyone has the same token, and the page may ask to be refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, body } = context.switchToHttp().getRequest<ChatHttpRequest>();
    const isKnown = headers['authorization'] === 'Bearer demo';
    if (!isKnown || body?.fault === 'unauthorized') throw new UnauthorizedException();
    return true;
  }
}
