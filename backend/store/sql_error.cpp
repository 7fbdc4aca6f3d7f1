// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sql_error.h"

#include <sqlite3.h>

namespace loquat {

using namespace Qt::StringLiterals;

Error journalError(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt();
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
        return {u"duplicate_event"_s,
                u"The journal already has an event with this session and seq."_s,
                {},
                false};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return {u"unknown_session"_s, u"The journal has no session that this event belongs to."_s,
                u"A session's first event is session_started."_s, false};
    default:
        break;
    }
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return {u"bad_event"_s, u"The journal refuses this event (SQLite %1)."_s.arg(code), {}, false};
    case SQLITE_FULL:
        return {u"store_full"_s, u"There is no room left for the journal."_s,
                u"Free space on the disk that holds the data folder, or give the journal more."_s, true};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {u"store_damaged"_s, u"The journal's file is damaged or is not a journal."_s,
                u"Restore loquat.db from a backup, or move it aside to start with an empty one."_s, false};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {u"store_busy"_s, u"Another program holds the journal's file locked."_s,
                u"Close the program that works on loquat.db."_s, true};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return {u"store_unwritable"_s, u"The journal's file cannot be written."_s,
                u"Make the data folder and loquat.db writable for the user that Loquat runs as."_s, false};
    case SQLITE_IOERR:
        return {u"store_io"_s, u"The disk that holds the journal reports an error (SQLite %1)."_s.arg(code),
                u"Check the disk and the data folder's quota."_s, true};
    default:
        return {u"store_failed"_s, u"The journal failed (SQLite %1)."_s.arg(code), {}, false};
    }
}

bool isConstraintViolation(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff;
    return code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG;
}

} // namespace loquat
