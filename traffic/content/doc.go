// Package content finds what only the payload of clear-text protocols tells, features
// 10 to 22 of the KDD data.
//
// What these features mean was published (W. Lee and S. Stolfo, A Framework for
// Constructing Features and Models for Intrusion Detection Systems, ACM TISSEC 3(4),
// 2000), but not the lists of words and commands behind them. So all of it is
// approximate: where the KDD'99 10 % file shows what was counted, that is counted, and
// otherwise what the description says.
//
//   - hot: FTP: an upload; a download by a guest; SITE EXEC; a path in a directory of
//     the system or a file of access control. Terminals: a login as root, guest or the
//     like; a command that runs a program of, or names a path in, such a directory,
//     compiles, makes a file executable, or runs one of the working directory. HTTP: a
//     program known to be abused (phf, cmd.exe), a file of the system; 2 for a run of
//     64 slashes. SMTP: DEBUG, WIZ, mail to a program or a file of the system.
//   - num_failed_logins: FTP: 530 or 430 to PASS or USER. Terminals: "Login incorrect"
//     and the like, or a new prompt for name or password after a password. POP3: -ERR
//     to PASS, APOP, AUTH. IMAP: NO to LOGIN, AUTHENTICATE. SMTP: 535 to AUTH. HTTP:
//     401 or 407 to Basic or Digest credentials.
//   - logged_in: FTP: 230 or 232. Terminals: "Last login" or the prompt of a shell.
//     POP3, IMAP: +OK, OK to a login. SMTP: 235, or a sender that is accepted. HTTP: any
//     answer but 401 and 407. The last two are no logins, but 1 in the data.
//   - num_compromised: Terminals: lines of output with "not found", "no such file or
//     directory" or "jump to". HTTP: a run of 64 slashes. FTP: none, as in the data.
//   - root_shell: Terminals: a prompt that ends with #.
//   - su_attempted: Terminals: su to root was typed: 1, and 2 if there was a root prompt
//     afterwards. In the file all connections with 2 have root_shell, none with 1 has.
//   - num_root: Terminals: commands typed at a root prompt. The file has more than can
//     have been typed (857 in 1,229 bytes); what it counts is not known.
//   - num_file_creations: FTP: STOR, STOU, APPE, MKD that were granted. Terminals:
//     redirections, editors, compilers, touch, cp, mkdir and the like with an argument.
//   - num_shells: Terminals: sh, csh, ksh, bash and the like were started.
//   - num_access_files: FTP, terminals, HTTP, SMTP: passwd, shadow, .rhosts,
//     hosts.equiv and the like were named.
//   - num_outbound_cmds, is_hot_login: 0, as in the file.
//   - is_guest_login: FTP, IMAP, terminals: anonymous, ftp, guest, visitor.
//
// The original also matched words in mails, pages and files that were transferred.
// These are not read here: they say what people write about, not what they do.
package content
