extension ScreenEmulator {
    /// Does what one piece of the input says.
    mutating func perform(_ item: EscapeParser.Item) {
        switch item {
        case .character(let scalar): put(scalar)
        case .control(let code): control(code)
        case .escape(let between, let final): escape(between, final)
        case .sequence(let sequence): perform(sequence)
        case .string: break
        case .invalid(let byte): unknownSequences.append("byte 0x" + String(byte, radix: 16) + " is not UTF-8")
        }
    }

    private mutating func control(_ code: UInt8) {
        switch code {
        case 0x07: bells += 1
        case 0x08: moveCursor(row: cursor.row, column: cursor.column - 1)
        case 0x09: tab(1)
        case 0x0A, 0x0B, 0x0C: lineFeed()
        case 0x0D: moveCursor(row: cursor.row, column: 0)
        case 0x0E: pen.charset = 1
        case 0x0F: pen.charset = 0
        case 0x00, 0x7F: break
        default: unknownSequences.append("control code 0x" + String(code, radix: 16))
        }
    }

    private mutating func escape(_ between: String, _ final: Character) {
        switch between + String(final) {
        case "7": savedPen = pen
        case "8": pen = savedPen
        case "D": lineFeed()
        case "E":
            moveCursor(row: cursor.row, column: 0)
            lineFeed()
        case "M": reverseLineFeed()
        case "H": tabStops.insert(cursor.column)
        case "c": self = ScreenEmulator(rows: rows, columns: columns)
        case "(B": pen.drawsLines[0] = false
        case "(0": pen.drawsLines[0] = true
        case ")B": pen.drawsLines[1] = false
        case ")0": pen.drawsLines[1] = true
        case "=", ">", "\\": break  // the keypad's mode; the end of a string
        default: unknownSequences.append("ESC \(between)\(final)")
        }
    }

    private mutating func perform(_ sequence: ControlSequence) {
        let count = sequence.number()
        let row = cursor.row
        let column = cursor.column
        switch sequence.function {
        case "A": moveCursor(row: max(row - count, rowLimits.lowerBound), column: column)
        case "B": moveCursor(row: min(row + count, rowLimits.upperBound), column: column)
        case "C": moveCursor(row: row, column: column + count)
        case "D": moveCursor(row: row, column: column - count)
        case "E": moveCursor(row: row + count, column: 0)
        case "F": moveCursor(row: row - count, column: 0)
        case "G", "`": moveCursor(row: row, column: count - 1)
        case "H", "f": moveCursor(row: origin + count - 1, column: sequence.number(1) - 1)
        case "I": tab(count)
        case "Z": backTab(count)
        case "d": moveCursor(row: origin + count - 1, column: column)
        case "J": eraseScreen(sequence)
        case "K": eraseLine(sequence)
        case "X": buffer.fill(row: row, columns: column..<column + count, with: blank)
        case "@": buffer.insertCells(count, at: cursor, blank: blank)
        case "P": buffer.deleteCells(count, at: cursor, blank: blank)
        case "L" where region.contains(row): buffer.scrollDown(row..<region.upperBound, by: count, blank: blank)
        case "M" where region.contains(row): buffer.scrollUp(row..<region.upperBound, by: count, blank: blank)
        case "L", "M": break
        case "S": buffer.scrollUp(region, by: count, blank: blank)
        case "T": buffer.scrollDown(region, by: count, blank: blank)
        case "b": repeatCharacter(count)
        case "r": setRegion(sequence)
        case "g": clearTabStops(sequence)
        case "s": savedPen = pen
        case "u": pen = savedPen
        case "m": setStyle(sequence)
        default: performMode(sequence)
        }
    }

    /// The sequences that change or report modes.
    private mutating func performMode(_ sequence: ControlSequence) {
        switch sequence.function {
        case "?h", "?l":
            for mode in sequence.numbers {
                setMode(mode, on: sequence.function == "?h")
            }
        case "h" where sequence.numbers == [4]: isInserting = true
        case "l" where sequence.numbers == [4]: isInserting = false
        case "!p": softReset()
        case "n" where sequence.numbers == [5]: replies += "\u{1B}[0n"
        case "n" where sequence.numbers == [6]: replies += "\u{1B}[\(cursor.row + 1);\(cursor.column + 1)R"
        case "c": replies += "\u{1B}[?64;22c"
        case ">c": replies += "\u{1B}[>41;0;0c"
        case "?$p":
            let mode = sequence.number(standard: 0)
            replies += "\u{1B}[?\(mode);\(enabledModes.contains(mode) ? 1 : 2)$y"
        case "t", " q": break  // the window's title stack and the cursor's shape
        default: unknownSequences.append(sequence.description)
        }
    }
}
