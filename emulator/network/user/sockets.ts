/**
 * What the user network asks of the host's sockets, and what they answer: plain data, because the sockets are in another thread. Connections and
 * flows have numbers: positive for those that the guest began, negative for those that came in through a forwarded port.
 */

/** Where a guest's traffic goes on the host: an address, the host's own loopback, or its resolver. */
export interface HostTarget {
  /** In dotted decimal. */
  readonly address: string | 'loopback' | 'resolver';
  readonly port: number;
}

export type SocketCommand =
  /** TCP: answered by `opened` or `refused`. */
  | { readonly type: 'connect'; readonly id: number; readonly target: HostTarget }
  | { readonly type: 'data'; readonly id: number; readonly bytes: Uint8Array }
  /** Nothing more will be sent; receiving goes on. */
  | { readonly type: 'end'; readonly id: number }
  /** Ends at once, in both directions. Nothing follows. */
  | { readonly type: 'reset'; readonly id: number }
  /** The guest took that many bytes: as many more may come. At first {@link HOST_CREDIT} may. */
  | { readonly type: 'credit'; readonly id: number; readonly bytes: number }
  /** UDP: the first one of a flow opens it, with its target. */
  | { readonly type: 'datagram'; readonly id: number; readonly target?: HostTarget; readonly bytes: Uint8Array }
  | { readonly type: 'close'; readonly id: number }
  /** ICMP: answered by `echoed` or `refused`. `bytes` is the number of bytes of data. */
  | { readonly type: 'echo'; readonly id: number; readonly address: string; readonly bytes: number };

export type SocketEvent =
  | { readonly type: 'opened'; readonly id: number }
  /** A connection, a datagram or an echo was turned down. */
  | { readonly type: 'refused'; readonly id: number }
  | { readonly type: 'data'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'reset'; readonly id: number }
  /** The host's system took that many bytes of what was sent. */
  | { readonly type: 'written'; readonly id: number; readonly bytes: number }
  /** Somebody connected to a forwarded port, by its place in the list. */
  | { readonly type: 'accepted'; readonly id: number; readonly forward: number }
  /** `forward` opens a flow from a forwarded port. */
  | { readonly type: 'datagram'; readonly id: number; readonly forward?: number; readonly bytes: Uint8Array }
  | { readonly type: 'echoed'; readonly id: number };

export type SendCommand = (command: SocketCommand) => void;

/** Bytes of a connection that may be on their way from the host to the guest. */
export const HOST_CREDIT = 256 * 1024;
