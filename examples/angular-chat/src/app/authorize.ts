import type { HttpInterceptorFn } from '@angular/common/http';

/** What the server knows the user by. A real application takes it from its session. */
export const authorization = 'Bearer demo';

/** Streams pass the interceptors of `HttpClient`, as every other request does. */
export const authorize: HttpInterceptorFn = (request, next) => next(request.clone({ setHeaders: { authorization } }));
