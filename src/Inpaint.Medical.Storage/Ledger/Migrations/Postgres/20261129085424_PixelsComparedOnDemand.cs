using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Inpaint.Medical.Storage.Ledger.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PixelsComparedOnDemand : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "PixelSha256",
                table: "instances");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "PixelSha256",
                table: "instances",
                type: "text",
                nullable: false,
                defaultValue: "");
        }
    }
}
