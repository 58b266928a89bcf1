/** What went wrong, in a form each reader can use: a code for programs, a message for logs, a sentence for people. */
export class EaseError extends Error {
  override readonly name = "EaseError";

  constructor(
    readonly code: EaseErrorCode,
    /** For logs; never shown. */
    message: string,
    /** What to show a person: what happened, whether anything was lost, what to do. */
    readonly userMessage: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type EaseErrorCode =
  | "shop_uninstalled"
  | "token_refused"
  | "admin_api_refused"
  | "access_denied"
  | "admin_api_unreachable"
  | "bulk_operation_refused"
  | "bulk_file_unreadable";
