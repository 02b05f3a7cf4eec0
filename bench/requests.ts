import { nameOf } from "./fill";

/** What is sent: a body, and the status that its answer has. */
export interface Sent {
  title: string;
  body: object;
  /** Secrets that are read, for figures by reference. */
  references: number;
  status: number;
  /** Whether only one of the services can send it. */
  byOneService?: boolean;
}

/** A config of about so many bytes with so many references, spread over ordinary settings. */
function config(bytes: number, references: number): object {
  const lines = Array.from({ length: references }, (_, index) => [
    `key_${String(index)}`,
    `$SECRET/${nameOf(index % 100)}`,
  ]);
  const filler: Record<string, unknown> = {};
  const keys = Object.fromEntries(lines) as Record<string, string>;
  const made = { services: filler, keys };
  for (let i = 0; JSON.stringify(made).length < bytes - 90; i++) {
    filler[`service_${String(i)}`] = {
      host: `backend-${String(i)}.example.com`,
      port: 8000 + i,
      tls: true,
      weight: 0.5,
    };
  }
  return made;
}

export const ONE: Sent = {
  title: "one reference",
  body: { config: { api_key: `$SECRET/${nameOf(0)}`, retries: 3 } },
  references: 1,
  status: 200,
};

export const TWENTY: Sent = {
  title: "20 references in 4 KiB",
  body: { config: config(4_096, 20) },
  references: 20,
  status: 200,
};

export const SENT: readonly Sent[] = [
  ONE,
  TWENTY,
  {
    title: "200 references in 64 KiB",
    body: { config: config(65_536, 200) },
    references: 200,
    status: 200,
  },
  {
    title: "one reference, denied",
    body: { config: { api_key: "$SECRET/NOT_COVERED", retries: 3 } },
    references: 0,
    status: 422,
  },
];

/** A request as bytes on a connection. */
export function requestText(path: string, token: string | null, body: object): string {
  const text = JSON.stringify(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: localhost",
    "content-type: application/json",
    `content-length: ${String(Buffer.byteLength(text))}`,
    ...(token === null ? [] : [`authorization: Bearer ${token}`]),
  ];
  return `${head.join("\r\n")}\r\n\r\n${text}`;
}
