/** Property tags (MS-OXPROPS), `id << 16 | type`, and the flags of some of them. */

export const PR_MESSAGE_CLASS = 0x001a001e;
export const PR_SUBJECT = 0x0037001e;
export const PR_CLIENT_SUBMIT_TIME = 0x00390040;
export const PR_SENT_REPRESENTING_NAME = 0x0042001e;
export const PR_REPLY_RECIPIENT_ENTRIES = 0x004f0102;
export const PR_REPLY_RECIPIENT_NAMES = 0x0050001e;
export const PR_SENT_REPRESENTING_ENTRYID = 0x00410102;
export const PR_SENT_REPRESENTING_ADDRTYPE = 0x0064001e;
export const PR_SENT_REPRESENTING_EMAIL_ADDRESS = 0x0065001e;
export const PR_TRANSPORT_MESSAGE_HEADERS = 0x007d001e;
export const PR_SENDER_ENTRYID = 0x0c190102;
export const PR_SENDER_NAME = 0x0c1a001e;
export const PR_SENDER_ADDRTYPE = 0x0c1e001e;
export const PR_SENDER_EMAIL_ADDRESS = 0x0c1f001e;
export const PR_DELETE_AFTER_SUBMIT = 0x0e01000b;
export const PR_DISPLAY_BCC = 0x0e02001e;
export const PR_DISPLAY_CC = 0x0e03001e;
export const PR_DISPLAY_TO = 0x0e04001e;
export const PR_MESSAGE_DELIVERY_TIME = 0x0e060040;
export const PR_MESSAGE_FLAGS = 0x0e070003;
export const PR_MESSAGE_SIZE = 0x0e080003;
export const PR_HASATTACH = 0x0e1b000b;
export const PR_ATTACH_SIZE = 0x0e200003;
export const PR_ATTACH_NUM = 0x0e210003;
export const PR_BODY = 0x1000001e;
/** The page of an HTML message, in UTF-8 where this server made it. */
export const PR_HTML = 0x10130102;
export const PR_INTERNET_MESSAGE_ID = 0x1035001e;
export const PR_INTERNET_REFERENCES = 0x1039001e;
export const PR_IN_REPLY_TO_ID = 0x1042001e;
export const PR_DISPLAY_NAME = 0x3001001e;
export const PR_CONTENT_COUNT = 0x36020003;
export const PR_CONTENT_UNREAD = 0x36030003;
export const PR_ATTACH_DATA_BIN = 0x37010102;
export const PR_ATTACH_FILENAME = 0x3704001e;
export const PR_ATTACH_METHOD = 0x37050003;
export const PR_ATTACH_LONG_FILENAME = 0x3707001e;
export const PR_RENDERING_POSITION = 0x370b0003;
export const PR_ATTACH_MIME_TAG = 0x370e001e;
export const PR_ATTACH_CONTENT_ID = 0x3712001e;
/** The code page of an HTML body or of 8-bit text from outside. */
export const PR_INTERNET_CPID = 0x3fde0003;
/** The folder above (the store's own form of PR_PARENT_ENTRYID). */
export const PR_PARENT_FID = 0x67490014;
export const PR_FID = 0x67480014;
export const PR_MID = 0x674a0014;
export const PR_INST_ID = 0x674d0014;

/** Bits of PR_MESSAGE_FLAGS (MS-OXCMSG 2.2.1.6). */
export const MSGFLAG_READ = 0x0001;
export const MSGFLAG_UNSENT = 0x0008;
export const MSGFLAG_HASATTACH = 0x0010;
