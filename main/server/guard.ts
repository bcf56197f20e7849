/** Who may speak with the server: a browser on this machine that was given the token, on a page that came from here. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What is wrong with a request: an HTTP status and a text for a person. */
export interface Refusal {
  status: 401 | 403 | 421;
  message: string;
}

export class Guard {
  readonly token = randomBytes(24).toString('base64url');
  /** Known once the server listens. */
  port = 0;

  /** The `Host` header has to name this machine: otherwise a foreign name was made to point here (DNS rebinding). */
  checkHost(request: IncomingMessage): Refusal | undefined {
    if (this.#hosts().includes(request.headers.host ?? '')) return undefined;
    return { status: 421, message: 'this server answers to localhost only' };
  }

  /** A page of another site may not speak with us, whatever it knows. */
  checkOrigin(request: IncomingMessage, required: boolean): Refusal | undefined {
    const { origin } = request.headers;
    if (origin === undefined && !required) return undefined;
    if (this.#hosts().some((host) => origin === `http://${host}`)) return undefined;
    return { status: 403, message: 'this page does not come from Pocketvisor' };
  }

  /** The token is in the address, in the cookie, or in the header `Authorization: Bearer`. */
  checkToken(request: IncomingMessage): Refusal | undefined {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if ([tokenInUrl(request), cookieOf(request, this.#cookie), bearer].some((token) => this.isToken(token))) return undefined;
    return { status: 401, message: 'open the address that pocketvisor serve printed: it has the token' };
  }

  isToken(text: string | undefined | null): boolean {
    if (text == null) return false;
    const given = Buffer.from(text);
    const wanted = Buffer.from(this.token);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  /** The value of `Set-Cookie`, for a browser that has shown the token. */
  setCookie(): string {
    return `${this.#cookie}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Cookies do not know ports: two servers on one machine must not take each other's. */
  get #cookie(): string {
    return `pocketvisor-${this.port}`;
  }

  #hosts(): string[] {
    return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${this.port}`);
  }
}

/** The path as it was sent: `new URL` would take `..` out before it is checked. */
export function rawPath(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0]!;
}

export function tokenInUrl(request: IncomingMessage): string | undefined {
  const query = /\?([^#]*)/.exec(request.url ?? '')?.[1];
  return new URLSearchParams(query).get('token') ?? undefined;
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
