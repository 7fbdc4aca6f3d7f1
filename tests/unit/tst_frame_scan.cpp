// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/frame_scan.h"

#include <QByteArrayList>
#include <QTest>

using namespace loquat;

namespace {

/// A frame of so many bytes, all of them 0: a payload that reads like a head of an unmasked frame.
QByteArray frame(quint64 size, bool masked = true, quint64 announced = 0)
{
    const quint64 length = announced > 0 ? announced : size;
    QByteArray bytes(1, char(0x81));
    const char mask = masked ? char(0x80) : char(0);
    if (length < 126) {
        bytes += char(mask | char(length));
    } else {
        const int lengthBytes = length < 65536 ? 2 : 8;
        bytes += char(mask | (lengthBytes == 2 ? 126 : 127));
        for (int i = lengthBytes - 1; i >= 0; --i)
            bytes += char(length >> (8 * i));
    }
    return bytes + QByteArray(masked ? 4 : 0, 'm') + QByteArray(qsizetype(size), '\0');
}

bool takes(const QByteArrayList &pieces)
{
    FrameScan scan;
    for (const QByteArray &piece : pieces)
        if (!scan.take(piece))
            return false;
    return true;
}

} // namespace

/// Protects what a client may send: a frame without a mask is found wherever it comes, and nothing else is
/// taken for one.
class TestFrameScan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void framesWithAMaskPassHoweverTheyAreCut()
    {
        QByteArray stream;
        for (const quint64 size : {0, 1, 125, 126, 127, 65535, 65536, 0, 3})
            stream += frame(size);
        QVERIFY(takes({stream}));
        for (const qsizetype cut : {1, 2, 5, 6, 7, 130, 131, 260, 65900, 65901})
            QVERIFY(takes({stream.first(cut), stream.sliced(cut)}));
        QByteArrayList bytes;
        for (const char byte : stream.first(500))
            bytes.append(QByteArray(1, byte));
        QVERIFY(takes(bytes));
    }

    void oneWithoutIsFoundBehindAnyOther()
    {
        for (const quint64 size : {0, 1, 125, 126, 65535, 65536}) {
            QVERIFY(!takes({frame(size, false)}));
            QVERIFY(!takes({frame(size), frame(1, false)}));
            QVERIFY(!takes({frame(size) + frame(0, false)}));
            QVERIFY(!takes({frame(size) + frame(1, false).first(1), frame(1, false).sliced(1)}));
        }
    }

    void aLengthThatNobodySendsIsWaitedFor()
    {
        QVERIFY(takes({frame(10, true, 1ULL << 31), frame(1, false)}));
        QVERIFY(takes({frame(10, true, ~0ULL), QByteArray(100'000, '\0')}));
    }
};

QTEST_GUILESS_MAIN(TestFrameScan)
#include "tst_frame_scan.moc"
