// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/entry_words.h"

namespace loquat {

using namespace Qt::StringLiterals;
using Kind = TranscriptEntry::Kind;
using Tool = TranscriptEntry::Tool;

namespace {

QString whisperer(const QString &by)
{
    if (by == "client"_L1)
        return u"The client set an instruction"_s;
    // What a console calls its person that goes by no name.
    if (by.isEmpty() || by == "operator"_L1 || by == "you"_L1)
        return u"You whispered to the assistant"_s;
    return u"%1 whispered to the assistant"_s.arg(by);
}

} // namespace

QString nameOf(Kind kind)
{
    switch (kind) {
    case Kind::User:
        return u"user"_s;
    case Kind::Assistant:
        return u"assistant"_s;
    case Kind::Tool:
        return u"tool"_s;
    case Kind::Whisper:
        return u"whisper"_s;
    case Kind::OperatorMessage:
        return u"operator"_s;
    case Kind::Note:
        return u"note"_s;
    case Kind::Error:
        return u"error"_s;
    case Kind::Summary:
        return u"summary"_s;
    case Kind::Line:
        break;
    }
    return u"line"_s;
}

QString authorOf(const TranscriptEntry &entry, const QString &user)
{
    switch (entry.kind) {
    case Kind::User:
        return user.isEmpty() ? u"user"_s : user;
    case Kind::Assistant:
        return u"assistant"_s;
    case Kind::Tool:
        return entry.text;
    case Kind::Whisper:
        return whisperer(entry.by);
    case Kind::OperatorMessage:
        return entry.by.isEmpty() ? u"operator"_s : entry.by;
    case Kind::Note:
        return u"Note"_s;
    case Kind::Error:
        return u"Error"_s;
    case Kind::Summary:
        return u"Summary"_s;
    case Kind::Line:
        break;
    }
    return {};
}

QString glyphOf(const TranscriptEntry &entry, const QString &user)
{
    if (entry.kind == Kind::Whisper)
        return entry.by == "client"_L1 ? u"C"_s : u"O"_s;
    const QString author = authorOf(entry, user);
    return author.left(!author.isEmpty() && author[0].isHighSurrogate() ? 2 : 1).toUpper();
}

QString wordOf(Tool state)
{
    switch (state) {
    case Tool::Running:
        return u"running"_s;
    case Tool::WaitsForApproval:
        return u"needs approval"_s;
    case Tool::Denied:
        return u"denied"_s;
    case Tool::Ok:
        return u"ok"_s;
    case Tool::Failed:
        return u"failed"_s;
    case Tool::None:
        break;
    }
    return {};
}

QString kindOf(Tool state)
{
    switch (state) {
    case Tool::Running:
        return u"info"_s;
    case Tool::WaitsForApproval:
        return u"warn"_s;
    case Tool::Ok:
        return u"ok"_s;
    case Tool::Denied:
    case Tool::Failed:
        return u"bad"_s;
    case Tool::None:
        break;
    }
    return u"dim"_s;
}

} // namespace loquat
