import CKernels

/// The three products of a dense layer. Each element is the sum over the inner index in ascending order.
extension Matrix {
    /// `self [m × k] · other [k × n] + bias [1 × n]` → `[m × n]`, the forward product of a layer.
    public func multiplied(by other: Matrix, adding bias: Matrix? = nil) -> Matrix {
        precondition(columns == other.rows, "[\(rows) × \(columns)] · [\(other.rows) × \(other.columns)]")
        precondition(bias == nil || bias?.count == other.columns, "A bias has one element a column.")
        return product(
            rows: rows, inner: columns, leftStrides: (row: columns, column: 1), right: other, bias: bias)
    }

    /// `selfᵀ [m × k] · other [k × n]` → `[m × n]`, where `self` is `[k × m]`: the weight gradient of a layer.
    public func transposeMultiplied(by other: Matrix) -> Matrix {
        precondition(rows == other.rows, "[\(rows) × \(columns)]ᵀ · [\(other.rows) × \(other.columns)]")
        return product(rows: columns, inner: rows, leftStrides: (row: 1, column: columns), right: other, bias: nil)
    }

    /// `self [m × k] · otherᵀ [k × n]` → `[m × n]`, where `other` is `[n × k]`: the input gradient of a layer.
    public func multiplied(byTransposeOf other: Matrix) -> Matrix {
        precondition(columns == other.columns, "[\(rows) × \(columns)] · [\(other.rows) × \(other.columns)]ᵀ")
        return multiplied(by: other.transposed())
    }

    public func transposed() -> Matrix {
        var result = Matrix(rows: columns, columns: rows)
        withUnsafeElements { source in
            result.withUnsafeMutableElements { destination in
                inkling_transpose(rows, columns, source.baseAddress, columns, destination.baseAddress, rows)
            }
        }
        return result
    }

    /// The sum over the rows, `[1 × columns]`: the bias gradient of a layer.
    public func columnSums() -> Matrix {
        var sums = Matrix(rows: 1, columns: columns)
        withUnsafeElements { source in
            sums.withUnsafeMutableElements { sums in
                inkling_column_sums(rows, columns, source.baseAddress, columns, false, sums.baseAddress)
            }
        }
        return sums
    }

    private func product(
        rows: Int, inner: Int, leftStrides: (row: Int, column: Int), right: Matrix, bias: Matrix?
    ) -> Matrix {
        var result = Matrix(rows: rows, columns: right.columns)
        withUnsafeElements { a in
            right.withUnsafeElements { b in
                (bias ?? result).withUnsafeElements { biasElements in
                    result.withUnsafeMutableElements { c in
                        inkling_multiply(
                            rows, right.columns, inner, a.baseAddress, leftStrides.row, leftStrides.column,
                            b.baseAddress, right.columns, bias == nil ? nil : biasElements.baseAddress, false, false,
                            c.baseAddress, right.columns)
                    }
                }
            }
        }
        return result
    }
}
