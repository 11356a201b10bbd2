extension ScreenEmulator {
    /// An erased cell: blank, on the current background.
    var blank: ScreenCell { ScreenCell(style: ScreenStyle(background: pen.style.background)) }

    /// The row from which programs count: the scrolling region's first one in origin mode.
    var origin: Int { enabledModes.contains(6) ? region.lowerBound : 0 }

    /// How far the cursor goes up and down: the edge of the scrolling region stops it only from the inside.
    var rowLimits: ClosedRange<Int> {
        let top = cursor.row >= region.lowerBound ? region.lowerBound : 0
        let bottom = cursor.row < region.upperBound ? region.upperBound - 1 : rows - 1
        return top...bottom
    }

    mutating func moveCursor(row: Int, column: Int) {
        pen.position.row = min(max(row, 0), rows - 1)
        pen.position.column = min(max(column, 0), columns - 1)
        pen.isWrapPending = false
    }

    mutating func put(_ scalar: Unicode.Scalar) {
        lastCharacter = scalar
        if pen.isWrapPending {
            moveCursor(row: cursor.row, column: 0)
            lineFeed()
        }
        if isInserting {
            buffer.insertCells(1, at: cursor, blank: blank)
        }
        let drawn = pen.drawsLines[pen.charset] ? Self.lineDrawing[scalar] ?? scalar : scalar
        buffer[cursor.row, cursor.column] = ScreenCell(character: Character(drawn), style: pen.style)
        if cursor.column + 1 < columns {
            pen.position.column += 1
        } else {
            pen.isWrapPending = enabledModes.contains(7)
        }
    }

    mutating func repeatCharacter(_ count: Int) {
        guard let lastCharacter else { return }
        for _ in 0..<count {
            put(lastCharacter)
        }
    }

    mutating func lineFeed() {
        if cursor.row == region.upperBound - 1 {
            buffer.scrollUp(region, by: 1, blank: blank)
            pen.isWrapPending = false
        } else {
            moveCursor(row: cursor.row + 1, column: cursor.column)
        }
    }

    mutating func reverseLineFeed() {
        if cursor.row == region.lowerBound {
            buffer.scrollDown(region, by: 1, blank: blank)
        } else {
            moveCursor(row: cursor.row - 1, column: cursor.column)
        }
    }

    mutating func tab(_ count: Int) {
        for _ in 0..<count {
            let next = tabStops.filter { $0 > cursor.column }.min() ?? columns - 1
            moveCursor(row: cursor.row, column: next)
        }
    }

    mutating func backTab(_ count: Int) {
        for _ in 0..<count {
            let previous = tabStops.filter { $0 < cursor.column }.max() ?? 0
            moveCursor(row: cursor.row, column: previous)
        }
    }

    mutating func clearTabStops(_ sequence: ControlSequence) {
        if sequence.number(standard: 0) == 3 {
            tabStops = []
        } else {
            tabStops.remove(cursor.column)
        }
    }

    mutating func eraseLine(_ sequence: ControlSequence) {
        switch sequence.number(standard: 0) {
        case 0: buffer.fill(row: cursor.row, columns: cursor.column..<columns, with: blank)
        case 1: buffer.fill(row: cursor.row, columns: 0..<cursor.column + 1, with: blank)
        case 2: buffer.fill(row: cursor.row, columns: 0..<columns, with: blank)
        default: unknownSequences.append(sequence.description)
        }
    }

    mutating func eraseScreen(_ sequence: ControlSequence) {
        switch sequence.number(standard: 0) {
        case 0:
            buffer.fill(row: cursor.row, columns: cursor.column..<columns, with: blank)
            buffer.fill(rows: cursor.row + 1..<rows, with: blank)
        case 1:
            buffer.fill(rows: 0..<cursor.row, with: blank)
            buffer.fill(row: cursor.row, columns: 0..<cursor.column + 1, with: blank)
        case 2: buffer.fill(rows: 0..<rows, with: blank)
        case 3: break  // lines that have scrolled away are not kept
        default: unknownSequences.append(sequence.description)
        }
    }

    mutating func setRegion(_ sequence: ControlSequence) {
        let top = sequence.number() - 1
        let bottom = min(sequence.number(1, standard: rows), rows)
        guard top + 1 < bottom else { return }
        region = top..<bottom
        moveCursor(row: origin, column: 0)
    }

    mutating func setMode(_ mode: Int, on: Bool) {
        if on {
            enabledModes.insert(mode)
        } else {
            enabledModes.remove(mode)
        }
        switch mode {
        case 6: moveCursor(row: origin, column: 0)
        case 47, 1047: showAlternateScreen(on)
        case 1048: if on { savedPen = pen } else { pen = savedPen }
        case 1049:
            guard on != isAlternateScreen else { return }
            if on { savedPen = pen }
            showAlternateScreen(on)
            if !on { pen = savedPen }
        default: break
        }
    }

    /// The alternate screen is blank each time; the main one comes back as it was.
    private mutating func showAlternateScreen(_ on: Bool) {
        guard on != isAlternateScreen else { return }
        if let main = hiddenMainBuffer {
            lastAlternateBuffer = buffer
            buffer = main
            hiddenMainBuffer = nil
        } else {
            hiddenMainBuffer = buffer
            buffer.fill(rows: 0..<rows, with: blank)
        }
    }

    mutating func softReset() {
        enabledModes.formUnion(Self.initialModes)
        enabledModes.subtract([1, 6])
        isInserting = false
        region = 0..<rows
        pen.style = ScreenStyle()
        pen.drawsLines = [false, false]
        pen.charset = 0
    }

    /// The DEC special graphics characters, which stand in place of ` to ~.
    private static let lineDrawing: [Unicode.Scalar: Unicode.Scalar] = Dictionary(
        uniqueKeysWithValues: zip(
            "`abcdefghijklmnopqrstuvwxyz{|}~".unicodeScalars, "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·".unicodeScalars))
}
