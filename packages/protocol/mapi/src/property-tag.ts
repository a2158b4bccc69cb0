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
/** Whether the message is deleted after it was sent, in place of being moved to the folder for sent mail. */
export const PR_DELETE_AFTER_SUBMIT = 0x0e01000b;
export const PR_DISPLAY_BCC = 0x0e02001e;
export const PR_DISPLAY_CC = 0x0e03001e;
export const PR_DISPLAY_TO = 0x0e04001e;
export const PR_MESSAGE_DELIVERY_TIME = 0x0e060040;
/** Bits MSGFLAG_* of a message. */
export const PR_MESSAGE_FLAGS = 0x0e070003;
export const PR_MESSAGE_SIZE = 0x0e080003;
export const PR_MSG_STATUS = 0x0e170003;
export const PR_HASATTACH = 0x0e1b000b;
export const PR_ATTACH_SIZE = 0x0e200003;
/** Number that identifies an attachment within its message. */
export const PR_ATTACH_NUM = 0x0e210003;
export const PR_BODY = 0x1000001e;
/** The page of an HTML message, in UTF-8 where this server made it. */
export const PR_HTML = 0x10130102;
export const PR_INTERNET_MESSAGE_ID = 0x1035001e;
export const PR_INTERNET_REFERENCES = 0x1039001e;
export const PR_IN_REPLY_TO_ID = 0x1042001e;
export const PR_DISPLAY_NAME = 0x3001001e;
export const PR_COMMENT = 0x3004001e;
export const PR_CONTENT_COUNT = 0x36020003;
export const PR_CONTENT_UNREAD = 0x36030003;
export const PR_ATTACH_DATA_BIN = 0x37010102;
export const PR_ATTACH_FILENAME = 0x3704001e;
/** How an attachment has its content, such as a file by value or an embedded message (MS-OXCMSG 2.2.2.9). */
export const PR_ATTACH_METHOD = 0x37050003;
export const PR_ATTACH_LONG_FILENAME = 0x3707001e;
/** Position of an attachment within the text; -1 if it is not shown there (MS-OXCMSG 2.2.2.16). */
export const PR_RENDERING_POSITION = 0x370b0003;
export const PR_ATTACH_MIME_TAG = 0x370e001e;
export const PR_ATTACH_CONTENT_ID = 0x3712001e;
/** The code page of an HTML body or of 8-bit text from outside. */
export const PR_INTERNET_CPID = 0x3fde0003;
/** The folder above (the store's own form of PR_PARENT_ENTRYID). */
export const PR_PARENT_FID = 0x67490014;
export const PR_FID = 0x67480014;
export const PR_MID = 0x674a0014;
/** Id by which a client tells the rows of a table apart (MS-OXCTABL 2.2.1.1). */
export const PR_INST_ID = 0x674d0014;

/** Property tags of stores, folders and rows of tables. */
export const PR_ACCESS = 0x0ff40003;
/** Kind of a table row: 1 leaf, 2 empty heading, 3 expanded heading, 4 collapsed heading (MS-OXCTABL 2.2.1.3). */
export const PR_ROW_TYPE = 0x0ff50003;
export const PR_INSTANCE_KEY = 0x0ff60102;
export const PR_ACCESS_LEVEL = 0x0ff70003;
export const PR_MAPPING_SIGNATURE = 0x0ff80102;
export const PR_RECORD_KEY = 0x0ff90102;
export const PR_STORE_RECORD_KEY = 0x0ffa0102;
export const PR_STORE_ENTRYID = 0x0ffb0102;
/** Kind of an object: 1 store, 3 folder, 5 message, 7 attachment (MS-OXCPRPT 2.2.1.7). */
export const PR_OBJECT_TYPE = 0x0ffe0003;
export const PR_ENTRYID = 0x0fff0102;
export const PR_PARENT_ENTRYID = 0x0e090102;
/** Beginning of the subject such as `RE: `. */
export const PR_SUBJECT_PREFIX = 0x003d001e;
/** The subject without PR_SUBJECT_PREFIX. */
export const PR_NORMALIZED_SUBJECT = 0x0e1d001e;
export const PR_DEPTH = 0x30050003;
export const PR_CREATION_TIME = 0x30070040;
export const PR_LAST_MODIFICATION_TIME = 0x30080040;
export const PR_SEARCH_KEY = 0x300b0102;
export const PR_STORE_SUPPORT_MASK = 0x340d0003;
/** Which special folders a mailbox has, one bit for each. */
export const PR_VALID_FOLDER_MASK = 0x35df0003;
/** Entry id of the top of the folders that the user sees. */
export const PR_IPM_SUBTREE_ENTRYID = 0x35e00102;
export const PR_IPM_OUTBOX_ENTRYID = 0x35e20102;
/** Entry id of Deleted Items. */
export const PR_IPM_WASTEBASKET_ENTRYID = 0x35e30102;
export const PR_IPM_SENTMAIL_ENTRYID = 0x35e40102;
export const PR_VIEWS_ENTRYID = 0x35e50102;
export const PR_COMMON_VIEWS_ENTRYID = 0x35e60102;
export const PR_FINDER_ENTRYID = 0x35e70102;
export const PR_FOLDER_TYPE = 0x36010003;
/** Whether a folder has subfolders. */
export const PR_SUBFOLDERS = 0x360a000b;
export const PR_ASSOC_CONTENT_COUNT = 0x36170003;
/** The object of an attachment: an embedded message where PR_ATTACH_METHOD says so. */
export const PR_ATTACH_DATA_OBJ = 0x3701000d;
export const PR_USER_ENTRYID = 0x66190102;
export const PR_MAILBOX_OWNER_ENTRYID = 0x661b0102;
export const PR_MAILBOX_OWNER_NAME = 0x661c001e;
export const PR_RULE_ID = 0x66740014;
/** Rules of a folder are carried out in ascending order of this number. */
export const PR_RULE_SEQUENCE = 0x66760003;
/** Bits of RULE_STATE. */
export const PR_RULE_STATE = 0x66770003;
export const PR_RULE_CONDITION = 0x667900fd;
export const PR_RULE_ACTIONS = 0x668000fe;
/** Whether a rule has forwarded the message. */
export const PR_AUTO_FORWARDED = 0x0005000b;
/** The folder that a message goes to once it is sent. */
export const PR_SENTMAIL_SVREID = 0x674000fb;
/** PR_RULE_ID of several rules, 8 bytes each, little-endian. */
export const PR_RULE_IDS = 0x66750102;
export const PR_RULE_PROVIDER = 0x6681001e;
export const PR_RULE_FOLDER_ENTRYID = 0x66510102;
/** Whether a folder has rules. */
export const PR_HAS_RULES = 0x663a000b;
export const PR_REPLY_TEMPLATE_ID = 0x65c20102;
/** Whether a rule has sent the message to a delegate of the recipient. */
export const PR_DELEGATED_BY_RULE = 0x3fe3000b;
/** Whether deferred action messages refer to the message. */
export const PR_HAS_DAMS = 0x3fea000b;
/** Property tags of deferred action messages. */
export const PR_CLIENT_ACTIONS = 0x66450102;
export const PR_DAM_ORIGINAL_ENTRYID = 0x66460102;
/** Whether a client has put its own entry id of the message into PR_DAM_ORIGINAL_ENTRYID. */
export const PR_DAM_BACK_PATCHED = 0x6647000b;
export const PR_DAM_ORIG_MSG_SVREID = 0x674100fb;
/** The user whom a received message is for. */
export const PR_RCVD_REPRESENTING_ENTRYID = 0x00430102;
export const PR_RCVD_REPRESENTING_NAME = 0x0044001e;
export const PR_RCVD_REPRESENTING_SEARCH_KEY = 0x00520102;
export const PR_RCVD_REPRESENTING_ADDRTYPE = 0x0077001e;
export const PR_RCVD_REPRESENTING_EMAIL_ADDRESS = 0x0078001e;
/** Whether the mailbox's user is a To, a Cc, or any recipient. */
export const PR_MESSAGE_TO_ME = 0x0057000b;
export const PR_MESSAGE_CC_ME = 0x0058000b;
export const PR_MESSAGE_RECIP_ME = 0x0059000b;
export const PR_MEMBER_ID = 0x66710014;
export const PR_MEMBER_NAME = 0x6672001e;
/** Bits of FOLDER_RIGHT. */
export const PR_MEMBER_RIGHTS = 0x66730003;
export const PR_CREATOR_ENTRYID = 0x3ff90102;
/** Time of the last change of a folder's messages. */
export const PR_LOCAL_COMMIT_TIME_MAX = 0x670a0040;
export const PR_DELETED_COUNT_TOTAL = 0x670b0003;
export const PR_INSTANCE_NUM = 0x674e0003;

/** Bits of PR_MESSAGE_FLAGS (MS-OXCMSG 2.2.1.6). */
export const MSGFLAG_READ = 0x0001;
export const MSGFLAG_SUBMIT = 0x0004;
export const MSGFLAG_UNSENT = 0x0008;
export const MSGFLAG_HASATTACH = 0x0010;
/** Users do not see the message (MS-OXCMSG 2.2.1.6, mfFAI). */
export const MSGFLAG_ASSOCIATED = 0x0040;
