// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "gateway/client_frame.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Every frame means something or is refused with a reason, and what it means can be said in other words.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QString text = QString::fromUtf8(fuzz::view(data, size));
    const auto frame = parseClientFrame(text);
    if (!frame) {
        fuzz::checkError(frame.error());
        FUZZ_CHECK(text.contains(u'{')); // plain text is never wrong
        return 0;
    }
    using Kind = ClientFrame::Kind;
    if (frame->kind != Kind::Message) {
        FUZZ_CHECK((frame->kind == Kind::Auth || frame->text.isEmpty()) && !frame->interrupt);
        return 0;
    }
    const bool plain = !text.trimmed().startsWith(u'{');
    FUZZ_CHECK(!plain || frame->text == text);

    // Half a surrogate pair does not survive UTF-8; everything else does.
    const QString content = QString::fromUtf8(frame->text.toUtf8());
    for (const auto &key : {"content"_L1, "message"_L1}) {
        const QJsonObject said{{"type"_L1, "message"_L1}, {key, content}, {"interrupt"_L1, frame->interrupt}};
        const auto again = parseClientFrame(QString::fromUtf8(QJsonDocument(said).toJson()));
        FUZZ_CHECK(again && again->kind == Kind::Message);
        FUZZ_CHECK(again->text == content && again->interrupt == frame->interrupt);
    }
    return 0;
}
