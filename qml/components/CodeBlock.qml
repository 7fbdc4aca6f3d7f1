// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// Code as it was written, scrolled sideways rather than wrapped.
Rectangle {
    id: box

    required property string language
    // Every change lays all of it out again: of a long text that grows, not every token.
    readonly property int patience: text.length < 4000 ? 0 : text.length / 40
    required property string text

    function show() {
        if (source.length > 0 && text.startsWith(source.text))
            source.insert(source.length, text.slice(source.text.length));
        else
            source.text = text;
    }

    border.color: Theme.line
    color: Theme.panel
    implicitHeight: flick.height + 20 + bar.height
    radius: Theme.radius

    Component.onCompleted: show()
    onTextChanged: {
        if (patience === 0)
            show();
        else if (!later.running) {
            later.interval = patience; // not bound: a timer that is told another one begins anew
            later.start();
        }
    }

    Timer {
        id: later

        onTriggered: box.show()
    }

    Item {
        id: bar

        height: 26
        width: parent.width

        BodyText {
            anchors.left: parent.left
            anchors.leftMargin: 12
            anchors.verticalCenter: parent.verticalCenter
            dimmed: true
            font.pixelSize: Theme.label
            text: box.language.length > 0 ? box.language : qsTr("code")
        }

        CopyButton {
            anchors.right: parent.right
            anchors.rightMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            content: box.text
        }
    }

    Flickable {
        id: flick

        anchors.left: parent.left
        anchors.leftMargin: 12
        anchors.right: parent.right
        anchors.rightMargin: 12
        anchors.top: bar.bottom
        anchors.topMargin: 4
        ScrollBar.horizontal: ScrollBar {
            policy: flick.contentWidth > flick.width ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff
        }
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentWidth: source.implicitWidth
        flickableDirection: Flickable.HorizontalFlick
        height: source.implicitHeight + (contentWidth > width ? 10 : 0) // beneath the last line

        SelectableText {
            id: source

            font.family: Theme.mono
            font.pixelSize: Theme.code
            horizontalAlignment: TextEdit.AlignLeft // code, whatever script its strings are in
            wrapMode: TextEdit.NoWrap
        }
    }
}
