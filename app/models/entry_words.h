// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transcript_entry.h"

namespace loquat {

/// How QML knows a kind of entry.
QString nameOf(TranscriptEntry::Kind kind);
/// Who said an entry, or what its header says in the place of a name; `user` is the session's.
QString authorOf(const TranscriptEntry &entry, const QString &user);
/// The letter that stands for the author.
QString glyphOf(const TranscriptEntry &entry, const QString &user);
/// The word and colour of a tool's state.
QString wordOf(TranscriptEntry::Tool state);
QString kindOf(TranscriptEntry::Tool state);

} // namespace loquat
